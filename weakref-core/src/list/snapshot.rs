//! Iterators over lists: snapshots, which own what they return.

use std::{fmt, iter::FusedIterator, vec};

use crate::container::snapshot::snapshot;

snapshot! {
    /// An iterator over owners of the elements that a list had when its `iter` was called.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let hello = Arc::new(Slotted::new("hello"));
    /// let words = WeakList::from([hello.clone()]);
    /// assert!(words.iter().eq([hello]));
    /// ```
    Iter<T>(T)
}

snapshot! {
    /// An iterator over owners of the elements of a list that was consumed.
    ///
    /// It is returned by the list's `into_iter`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let hello = Arc::new(Slotted::new("hello"));
    /// let words = WeakList::from([hello.clone()]);
    /// assert!(words.into_iter().eq([hello]));
    /// ```
    IntoIter<T>(T)
}

snapshot! {
    /// An iterator over owners of the elements that were removed from a list.
    ///
    /// It is returned by [`WeakList::drain`](super::WeakList::drain).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let hello = Arc::new(Slotted::new("hello"));
    /// let words = WeakList::from([hello.clone()]);
    /// assert!(words.drain().eq([hello]));
    /// assert!(words.is_empty());
    /// ```
    Drain<T>(T)
}
