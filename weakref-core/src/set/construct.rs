//! Constructors.

use std::hash::RandomState;

use super::ObjectSet;
use crate::{
    Weakrefable,
    container::{
        lookup::{ByAddress, ByEq},
        shards::Shards,
    },
    flavor::Stored,
};

/// Constructors of a [`WeakSet`](crate::WeakSet).
impl<T: ?Sized + Weakrefable> ObjectSet<T, ByEq<RandomState>>
where
    T: Stored<T::Flavor>,
{
    /// Returns an empty set. It allocates nothing before the first insertion.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let words = WeakSet::<Slotted<String>>::new();
    /// assert!(words.is_empty());
    /// ```
    pub fn new() -> Self {
        Self::with_hasher(RandomState::new())
    }

    /// Returns an empty set with room for at least `capacity` elements.
    ///
    /// The room is kept when elements are removed, like that of [`reserve`](Self::reserve).
    ///
    /// # Panics
    ///
    /// Panics if `capacity` is too large to allocate.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let words = WeakSet::<Slotted<String>>::with_capacity(100);
    /// assert!(words.capacity() >= 100);
    /// ```
    #[track_caller]
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity_and_hasher(capacity, RandomState::new())
    }

    /// Returns an empty set that is split into `shards` shards at its first insertion.
    ///
    /// The number is rounded up to a power of two, and is at least 1 and at most 256. Without this
    /// choice, a set is split when it has grown, or when threads have often waited for each other,
    /// into four shards for each thread that the machine runs at once. A [`Local`](crate::Local)
    /// set always has one shard.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let words = WeakSet::<Slotted<String>>::with_shards(16);
    /// assert!(words.is_empty());
    /// ```
    pub fn with_shards(shards: usize) -> Self {
        Self { shards: Shards::with_shards(shards), hasher: ByEq(RandomState::new()) }
    }
}

impl<T: ?Sized + Weakrefable, S> ObjectSet<T, ByEq<S>>
where
    T: Stored<T::Flavor>,
{
    /// Returns an empty set that hashes elements with `hasher`.
    ///
    /// It is a `const fn`, so that such a set can be a `static`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::{BuildHasherDefault, DefaultHasher};
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// type Words = WeakSet<Slotted<String>, BuildHasherDefault<DefaultHasher>>;
    ///
    /// static WORDS: Words = WeakSet::with_hasher(BuildHasherDefault::new());
    /// assert!(WORDS.is_empty());
    /// ```
    pub const fn with_hasher(hasher: S) -> Self {
        Self { shards: Shards::new(), hasher: ByEq(hasher) }
    }

    /// Returns an empty set with room for at least `capacity` elements, which hashes elements with
    /// `hasher`.
    ///
    /// The room is kept when elements are removed, like that of [`reserve`](Self::reserve).
    ///
    /// # Panics
    ///
    /// Panics if `capacity` is too large to allocate.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::RandomState;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hasher = RandomState::new();
    /// let words: WeakSet<Slotted<String>> = WeakSet::with_capacity_and_hasher(100, hasher);
    /// assert!(words.capacity() >= 100);
    /// ```
    #[track_caller]
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self { shards: Shards::with_capacity(capacity), hasher: ByEq(hasher) }
    }
}

impl<T: ?Sized + Weakrefable, S> ObjectSet<T, ByEq<S>> {
    /// Returns a reference to the set's hasher.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::{BuildHasher, RandomState};
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hasher = RandomState::new();
    /// let words: WeakSet<Slotted<String>> = WeakSet::with_hasher(hasher.clone());
    /// assert_eq!(words.hasher().hash_one("hello"), hasher.hash_one("hello"));
    /// ```
    pub fn hasher(&self) -> &S {
        &self.hasher.0
    }
}

/// Constructors of a [`PtrWeakSet`](crate::PtrWeakSet).
impl<T: ?Sized + Weakrefable> ObjectSet<T, ByAddress>
where
    T: Stored<T::Flavor>,
{
    /// Returns an empty set. It allocates nothing before the first insertion.
    ///
    /// It is a `const fn`, so that such a set can be a `static`.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{PtrWeakSet, Slotted};
    ///
    /// static WORDS: PtrWeakSet<Slotted<String>> = PtrWeakSet::new();
    /// assert!(WORDS.is_empty());
    /// ```
    pub const fn new() -> Self {
        Self { shards: Shards::new(), hasher: ByAddress }
    }

    /// Returns an empty set with room for at least `capacity` elements.
    ///
    /// The room is kept when elements are removed, like that of [`reserve`](Self::reserve).
    ///
    /// # Panics
    ///
    /// Panics if `capacity` is too large to allocate.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{PtrWeakSet, Slotted};
    ///
    /// let words = PtrWeakSet::<Slotted<String>>::with_capacity(100);
    /// assert!(words.capacity() >= 100);
    /// ```
    #[track_caller]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { shards: Shards::with_capacity(capacity), hasher: ByAddress }
    }

    /// Returns an empty set that is split into `shards` shards at its first insertion.
    ///
    /// The number is rounded up to a power of two, and is at least 1 and at most 256. Without this
    /// choice, a set is split when it has grown, or when threads have often waited for each other,
    /// into four shards for each thread that the machine runs at once. A [`Local`](crate::Local)
    /// set always has one shard.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{PtrWeakSet, Slotted};
    ///
    /// let words = PtrWeakSet::<Slotted<String>>::with_shards(16);
    /// assert!(words.is_empty());
    /// ```
    pub fn with_shards(shards: usize) -> Self {
        Self { shards: Shards::with_shards(shards), hasher: ByAddress }
    }

    /// Returns [`ByAddress`], which such a set has in the place of a hasher.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{PtrWeakSet, Slotted, map::ByAddress};
    ///
    /// let words = PtrWeakSet::<Slotted<String>>::new();
    /// assert_eq!(words.hasher(), &ByAddress);
    /// ```
    pub fn hasher(&self) -> &ByAddress {
        &self.hasher
    }
}
