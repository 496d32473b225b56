//! Constructors.

use std::hash::RandomState;

use super::WeakValueMap;
use crate::{Weakrefable, container::shards::Shards, flavor::Stored};

impl<K, V> WeakValueMap<K, V>
where
    K: Stored<V::Flavor>,
    V: ?Sized + Weakrefable + Stored<V::Flavor>,
{
    /// Returns an empty map. It allocates nothing before the first insertion.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<&str, Slotted<Vec<u8>>>::new();
    /// assert!(textures.is_empty());
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
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<&str, Slotted<Vec<u8>>>::with_capacity(100);
    /// assert!(textures.capacity() >= 100);
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
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<&str, Slotted<Vec<u8>>>::with_shards(16);
    /// assert!(textures.is_empty());
    /// ```
    pub fn with_shards(shards: usize) -> Self {
        Self { shards: Shards::with_shards(shards), hasher: RandomState::new() }
    }
}

impl<K, V, S> WeakValueMap<K, V, S>
where
    K: Stored<V::Flavor>,
    V: ?Sized + Weakrefable + Stored<V::Flavor>,
{
    /// Returns an empty map that hashes keys with `hasher`.
    ///
    /// It is a `const fn`, so that such a map can be a `static`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::{BuildHasherDefault, DefaultHasher};
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// type Textures = WeakValueMap<u32, Slotted<Vec<u8>>, BuildHasherDefault<DefaultHasher>>;
    ///
    /// static TEXTURES: Textures = WeakValueMap::with_hasher(BuildHasherDefault::new());
    /// assert!(TEXTURES.is_empty());
    /// ```
    pub const fn with_hasher(hasher: S) -> Self {
        Self { shards: Shards::new(), hasher }
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
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let hasher = RandomState::new();
    /// let textures: WeakValueMap<&str, Slotted<Vec<u8>>> =
    ///     WeakValueMap::with_capacity_and_hasher(100, hasher);
    /// assert!(textures.capacity() >= 100);
    /// ```
    #[track_caller]
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self { shards: Shards::with_capacity(capacity), hasher }
    }
}

impl<K, V: ?Sized + Weakrefable, S> WeakValueMap<K, V, S> {
    /// Returns a reference to the map's hasher.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::{BuildHasher, RandomState};
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let hasher = RandomState::new();
    /// let textures = WeakValueMap::<&str, Slotted<Vec<u8>>>::with_hasher(hasher.clone());
    /// assert_eq!(textures.hasher().hash_one("grass"), hasher.hash_one("grass"));
    /// ```
    pub fn hasher(&self) -> &S {
        &self.hasher
    }
}
