//! Constructors.

use std::hash::RandomState;

use super::PairMap;
use crate::{
    Weakrefable,
    container::{
        lookup::{ByAddress, ByEq},
        shards::Shards,
    },
    flavor::Stored,
};

/// Constructors of a [`WeakWeakMap`](crate::WeakWeakMap).
impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>>
    PairMap<K, V, ByEq<RandomState>>
where
    K: Stored<K::Flavor>,
    V: Stored<K::Flavor>,
{
    /// Returns an empty map. It allocates nothing before the first insertion.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let users = WeakWeakMap::<Slotted<u32>, Slotted<String>>::new();
    /// assert!(users.is_empty());
    /// ```
    pub fn new() -> Self {
        Self::with_hasher(RandomState::new())
    }

    /// Returns an empty map with room for at least `capacity` entries.
    ///
    /// The room is kept when entries are removed, like that of [`reserve`](Self::reserve).
    ///
    /// # Panics
    ///
    /// Panics if `capacity` is too large to allocate.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let users = WeakWeakMap::<Slotted<u32>, Slotted<String>>::with_capacity(100);
    /// assert!(users.capacity() >= 100);
    /// ```
    #[track_caller]
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity_and_hasher(capacity, RandomState::new())
    }

    /// Returns an empty map that is split into `shards` shards at its first insertion.
    ///
    /// The number is rounded up to a power of two, and is at least 1 and at most 256. Without this
    /// choice, a map is split when it has grown, or when threads have often waited for each other,
    /// into four shards for each thread that the machine runs at once. A [`Local`](crate::Local)
    /// map always has one shard.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let users = WeakWeakMap::<Slotted<u32>, Slotted<String>>::with_shards(16);
    /// assert!(users.is_empty());
    /// ```
    pub fn with_shards(shards: usize) -> Self {
        Self { shards: Shards::with_shards(shards), hasher: ByEq(RandomState::new()) }
    }
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, S> PairMap<K, V, ByEq<S>>
where
    K: Stored<K::Flavor>,
    V: Stored<K::Flavor>,
{
    /// Returns an empty map that hashes keys with `hasher`.
    ///
    /// It is a `const fn`, so that such a map can be a `static`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::{BuildHasherDefault, DefaultHasher};
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// type Users = WeakWeakMap<Slotted<u32>, Slotted<String>, BuildHasherDefault<DefaultHasher>>;
    ///
    /// static USERS: Users = WeakWeakMap::with_hasher(BuildHasherDefault::new());
    /// assert!(USERS.is_empty());
    /// ```
    pub const fn with_hasher(hasher: S) -> Self {
        Self { shards: Shards::new(), hasher: ByEq(hasher) }
    }

    /// Returns an empty map with room for at least `capacity` entries, which hashes keys with
    /// `hasher`.
    ///
    /// The room is kept when entries are removed, like that of [`reserve`](Self::reserve).
    ///
    /// # Panics
    ///
    /// Panics if `capacity` is too large to allocate.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::RandomState;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let hasher = RandomState::new();
    /// let users: WeakWeakMap<Slotted<u32>, Slotted<String>> =
    ///     WeakWeakMap::with_capacity_and_hasher(100, hasher);
    /// assert!(users.capacity() >= 100);
    /// ```
    #[track_caller]
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self { shards: Shards::with_capacity(capacity), hasher: ByEq(hasher) }
    }
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, S>
    PairMap<K, V, ByEq<S>>
{
    /// Returns a reference to the map's hasher.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::{BuildHasher, RandomState};
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let hasher = RandomState::new();
    /// let users: WeakWeakMap<Slotted<u32>, Slotted<String>> =
    ///     WeakWeakMap::with_hasher(hasher.clone());
    /// assert_eq!(users.hasher().hash_one(1), hasher.hash_one(1));
    /// ```
    pub fn hasher(&self) -> &S {
        &self.hasher.0
    }
}

/// Constructors of a [`PtrWeakWeakMap`](crate::PtrWeakWeakMap).
impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>> PairMap<K, V, ByAddress>
where
    K: Stored<K::Flavor>,
    V: Stored<K::Flavor>,
{
    /// Returns an empty map. It allocates nothing before the first insertion.
    ///
    /// It is a `const fn`, so that such a map can be a `static`.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{PtrWeakWeakMap, Slotted};
    ///
    /// static USERS: PtrWeakWeakMap<Slotted<u32>, Slotted<String>> = PtrWeakWeakMap::new();
    /// assert!(USERS.is_empty());
    /// ```
    pub const fn new() -> Self {
        Self { shards: Shards::new(), hasher: ByAddress }
    }

    /// Returns an empty map with room for at least `capacity` entries.
    ///
    /// The room is kept when entries are removed, like that of [`reserve`](Self::reserve).
    ///
    /// # Panics
    ///
    /// Panics if `capacity` is too large to allocate.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{PtrWeakWeakMap, Slotted};
    ///
    /// let users = PtrWeakWeakMap::<Slotted<u32>, Slotted<String>>::with_capacity(100);
    /// assert!(users.capacity() >= 100);
    /// ```
    #[track_caller]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { shards: Shards::with_capacity(capacity), hasher: ByAddress }
    }

    /// Returns an empty map that is split into `shards` shards at its first insertion.
    ///
    /// The number is rounded up to a power of two, and is at least 1 and at most 256. Without this
    /// choice, a map is split when it has grown, or when threads have often waited for each other,
    /// into four shards for each thread that the machine runs at once. A [`Local`](crate::Local)
    /// map always has one shard.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{PtrWeakWeakMap, Slotted};
    ///
    /// let users = PtrWeakWeakMap::<Slotted<u32>, Slotted<String>>::with_shards(16);
    /// assert!(users.is_empty());
    /// ```
    pub fn with_shards(shards: usize) -> Self {
        Self { shards: Shards::with_shards(shards), hasher: ByAddress }
    }

    /// Returns [`ByAddress`], which such a map has in the place of a hasher.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{PtrWeakWeakMap, Slotted, map::ByAddress};
    ///
    /// let users = PtrWeakWeakMap::<Slotted<u32>, Slotted<String>>::new();
    /// assert_eq!(users.hasher(), &ByAddress);
    /// ```
    pub fn hasher(&self) -> &ByAddress {
        &self.hasher
    }
}
