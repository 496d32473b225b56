//! Constructors.

use std::hash::RandomState;

use super::KeyMap;
use crate::{
    Weakrefable,
    container::{
        lookup::{ByAddress, ByEq},
        shards::Shards,
    },
    flavor::Stored,
};

/// Constructors of a [`WeakKeyMap`](crate::WeakKeyMap).
impl<K: ?Sized + Weakrefable, V> KeyMap<K, V, ByEq<RandomState>>
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
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let scores = WeakKeyMap::<Slotted<String>, u32>::new();
    /// assert!(scores.is_empty());
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
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let scores = WeakKeyMap::<Slotted<String>, u32>::with_capacity(100);
    /// assert!(scores.capacity() >= 100);
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
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let scores = WeakKeyMap::<Slotted<String>, u32>::with_shards(16);
    /// assert!(scores.is_empty());
    /// ```
    pub fn with_shards(shards: usize) -> Self {
        Self { shards: Shards::with_shards(shards), hasher: ByEq(RandomState::new()) }
    }
}

impl<K: ?Sized + Weakrefable, V, S> KeyMap<K, V, ByEq<S>>
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
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// type Scores = WeakKeyMap<Slotted<String>, u32, BuildHasherDefault<DefaultHasher>>;
    ///
    /// static SCORES: Scores = WeakKeyMap::with_hasher(BuildHasherDefault::new());
    /// assert!(SCORES.is_empty());
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
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let hasher = RandomState::new();
    /// let scores: WeakKeyMap<Slotted<String>, u32> =
    ///     WeakKeyMap::with_capacity_and_hasher(100, hasher);
    /// assert!(scores.capacity() >= 100);
    /// ```
    #[track_caller]
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self { shards: Shards::with_capacity(capacity), hasher: ByEq(hasher) }
    }
}

impl<K: ?Sized + Weakrefable, V, S> KeyMap<K, V, ByEq<S>> {
    /// Returns a reference to the map's hasher.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::{BuildHasher, RandomState};
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let hasher = RandomState::new();
    /// let scores: WeakKeyMap<Slotted<String>, u32> = WeakKeyMap::with_hasher(hasher.clone());
    /// assert_eq!(scores.hasher().hash_one("Ann"), hasher.hash_one("Ann"));
    /// ```
    pub fn hasher(&self) -> &S {
        &self.hasher.0
    }
}

/// Constructors of a [`PtrWeakKeyMap`](crate::PtrWeakKeyMap).
impl<K: ?Sized + Weakrefable, V> KeyMap<K, V, ByAddress>
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
    /// use weakref_core::{PtrWeakKeyMap, Slotted};
    ///
    /// static SCORES: PtrWeakKeyMap<Slotted<String>, u32> = PtrWeakKeyMap::new();
    /// assert!(SCORES.is_empty());
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
    /// use weakref_core::{PtrWeakKeyMap, Slotted};
    ///
    /// let scores = PtrWeakKeyMap::<Slotted<String>, u32>::with_capacity(100);
    /// assert!(scores.capacity() >= 100);
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
    /// use weakref_core::{PtrWeakKeyMap, Slotted};
    ///
    /// let scores = PtrWeakKeyMap::<Slotted<String>, u32>::with_shards(16);
    /// assert!(scores.is_empty());
    /// ```
    pub fn with_shards(shards: usize) -> Self {
        Self { shards: Shards::with_shards(shards), hasher: ByAddress }
    }

    /// Returns [`ByAddress`], which such a map has in the place of a hasher.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{PtrWeakKeyMap, Slotted, map::ByAddress};
    ///
    /// let scores = PtrWeakKeyMap::<Slotted<String>, u32>::new();
    /// assert_eq!(scores.hasher(), &ByAddress);
    /// ```
    pub fn hasher(&self) -> &ByAddress {
        &self.hasher
    }
}
