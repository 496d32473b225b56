//! Size and capacity.

use super::KeyMap;
use crate::{Weakrefable, error::TryReserveError};

impl<K: ?Sized + Weakrefable, V, C> KeyMap<K, V, C> {
    /// Returns the number of entries.
    ///
    /// An object that is being dropped counts until its entry is removed, and a value that was
    /// [moved out of its pointer](crate::WeakValueMap#referents-that-are-moved-out) counts until it
    /// is dropped. The number is exact unless the map is being used concurrently.
    ///
    /// Takes time proportional to the number of shards, and locks none. A small map has one.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert_eq!(scores.len(), 1);
    /// drop(ann);
    /// assert_eq!(scores.len(), 0);
    /// ```
    #[track_caller]
    pub fn len(&self) -> usize {
        self.shards.len()
    }

    /// Returns `true` if the map contains no entries.
    ///
    /// Takes as long as [`len`](Self::len), and locks nothing either.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert!(!scores.is_empty());
    /// drop(ann);
    /// assert!(scores.is_empty());
    /// ```
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.shards.is_empty()
    }

    /// Returns the number of entries that the map has room for in all its shards together.
    ///
    /// A [`Shared`](crate::Shared) map may allocate before it holds that many, because one of its
    /// shards can be full before the others.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert!(scores.capacity() >= scores.len());
    /// ```
    #[track_caller]
    pub fn capacity(&self) -> usize {
        self.shards.capacity()
    }

    /// Reserves room for at least `additional` more entries.
    ///
    /// The room is kept when entries are removed. If the map is split into shards, each shard gets
    /// its part and some room to spare. The hashes decide which shard an entry belongs to, so a
    /// shard may still have to grow, but seldom does. A [`Shared`](crate::Shared) map that is still
    /// one shard may be split by this call.
    ///
    /// # Panics
    ///
    /// Panics if the new capacity is too large to allocate.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// scores.reserve(100);
    /// assert!(scores.capacity() > 100);
    /// ```
    #[track_caller]
    pub fn reserve(&self, additional: usize) {
        self.shards.reserve(additional);
    }

    /// Tries to reserve room for at least `additional` more entries.
    ///
    /// Like [`reserve`](Self::reserve), but returns an error instead of panicking.
    ///
    /// # Errors
    ///
    /// Returns an error if the new capacity is too large, or if the allocator reports a failure.
    /// Some shards may have got their room by then.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert!(scores.try_reserve(100).is_ok());
    /// assert!(scores.try_reserve(usize::MAX).is_err());
    /// ```
    #[track_caller]
    pub fn try_reserve(&self, additional: usize) -> Result<(), TryReserveError> {
        self.shards.try_reserve(additional)
    }

    /// Shrinks the capacity as much as possible, and gives up room that was reserved.
    ///
    /// A shard through which an iteration is running keeps its capacity.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// drop(ann);
    /// scores.reserve(100);
    /// scores.shrink_to_fit();
    /// assert_eq!(scores.capacity(), 0);
    /// ```
    #[track_caller]
    pub fn shrink_to_fit(&self) {
        self.shrink_to(0);
    }

    /// Shrinks the capacity, but keeps room for at least `least` entries.
    ///
    /// Room that was reserved beyond that is given up. A shard through which an iteration is
    /// running keeps its capacity.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// scores.reserve(1000);
    /// scores.shrink_to(10);
    /// assert!((10..1000).contains(&scores.capacity()));
    /// ```
    #[track_caller]
    pub fn shrink_to(&self, least: usize) {
        self.shards.shrink_to(least);
    }
}
