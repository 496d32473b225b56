//! Iterators over sets: snapshots, which own what they return, and `ExtractIf`.

use std::{fmt, iter::FusedIterator, vec};

use crate::container::snapshot::{extract_if, snapshot};

snapshot! {
    /// An iterator over owners of elements: those of one set at a moment, or those that two sets
    /// have together.
    ///
    /// It is returned by [`ObjectSet::iter`](super::ObjectSet::iter),
    /// [`union`](super::ObjectSet::union) and the like.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert!(words.iter().eq([hello]));
    /// ```
    Iter<T>(T)
}

snapshot! {
    /// An iterator over owners of the elements of a set that was consumed.
    ///
    /// It is returned by the set's `into_iter`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert!(words.into_iter().eq([hello]));
    /// ```
    IntoIter<T>(T)
}

snapshot! {
    /// An iterator over owners of the elements that were removed from a set.
    ///
    /// It is returned by [`ObjectSet::drain`](super::ObjectSet::drain).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert!(words.drain().eq([hello]));
    /// assert!(words.is_empty());
    /// ```
    Drain<T>(T)
}

extract_if! {
    /// An iterator that removes the elements of a set for which a closure returns `true`.
    ///
    /// It is returned by [`ObjectSet::extract_if`](super::ObjectSet::extract_if). Elements that it
    /// has not come to when it is dropped stay in the set.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let numbers: Vec<_> = (0..10).map(|number| Arc::new(Slotted::new(number))).collect();
    /// let set: WeakSet<_> = numbers.iter().cloned().collect();
    /// assert_eq!(set.extract_if(|number| ***number % 2 == 1).take(2).count(), 2);
    /// assert_eq!(set.len(), 8);
    /// ```
    ExtractIf<T>(T)
}
