//! Size and capacity.

use super::ObjectSet;
use crate::{Weakrefable, error::TryReserveError};

impl<T: ?Sized + Weakrefable, C> ObjectSet<T, C> {
    /// Returns the number of elements.
    ///
    /// An object that is being dropped counts until its element is removed, and a value that was
    /// [moved out of its pointer](crate::WeakValueMap#referents-that-are-moved-out) counts until it
    /// is dropped. The number is exact unless the set is being used concurrently.
    ///
    /// Takes time proportional to the number of shards, and locks none. A small set has one.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert_eq!(words.len(), 1);
    /// drop(hello);
    /// assert_eq!(words.len(), 0);
    /// ```
    #[track_caller]
    pub fn len(&self) -> usize {
        self.shards.len()
    }

    /// Returns `true` if the set contains no elements.
    ///
    /// Takes as long as [`len`](Self::len), and locks nothing either.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert!(!words.is_empty());
    /// drop(hello);
    /// assert!(words.is_empty());
    /// ```
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.shards.is_empty()
    }

    /// Returns the number of elements that the set has room for in all its shards together.
    ///
    /// A [`Shared`](crate::Shared) set may allocate before it holds that many, because one of its
    /// shards can be full before the others.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert!(words.capacity() >= words.len());
    /// ```
    #[track_caller]
    pub fn capacity(&self) -> usize {
        self.shards.capacity()
    }

    /// Reserves room for at least `additional` more elements.
    ///
    /// The room is kept when elements are removed. If the set is split into shards, each shard gets
    /// its part and some room to spare. The hashes decide which shard an element belongs to, so a
    /// shard may still have to grow, but seldom does. A [`Shared`](crate::Shared) set that is still
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
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// words.reserve(100);
    /// assert!(words.capacity() > 100);
    /// ```
    #[track_caller]
    pub fn reserve(&self, additional: usize) {
        self.shards.reserve(additional);
    }

    /// Tries to reserve room for at least `additional` more elements.
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
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert!(words.try_reserve(100).is_ok());
    /// assert!(words.try_reserve(usize::MAX).is_err());
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
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// drop(hello);
    /// words.reserve(100);
    /// words.shrink_to_fit();
    /// assert_eq!(words.capacity(), 0);
    /// ```
    #[track_caller]
    pub fn shrink_to_fit(&self) {
        self.shrink_to(0);
    }

    /// Shrinks the capacity, but keeps room for at least `least` elements.
    ///
    /// Room that was reserved beyond that is given up. A shard through which an iteration is
    /// running keeps its capacity.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// words.reserve(1000);
    /// words.shrink_to(10);
    /// assert!((10..1000).contains(&words.capacity()));
    /// ```
    #[track_caller]
    pub fn shrink_to(&self, least: usize) {
        self.shards.shrink_to(least);
    }
}
