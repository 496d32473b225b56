//! Iterators over weak sets: snapshots, which own what they give.

use std::{fmt, iter::FusedIterator, vec};

use crate::map::iter::{extract_if, snapshot};

snapshot! {
    /// The elements of a set at one moment, or those that two sets make together.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakSet};
    ///
    /// let word = Rc::new(Slotted::<_, Local>::new("word"));
    /// let set = WeakSet::from([word.clone()]);
    /// assert!(set.iter().eq([word]));
    /// ```
    Iter<T>(T)
}

snapshot! {
    /// The elements of a set that is gone, from its `into_iter`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakSet};
    ///
    /// let word = Rc::new(Slotted::<_, Local>::new("word"));
    /// let set = WeakSet::from([word.clone()]);
    /// assert!(set.into_iter().eq([word]));
    /// ```
    IntoIter<T>(T)
}

snapshot! {
    /// The elements that a set had, from `drain`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakSet};
    ///
    /// let word = Rc::new(Slotted::<_, Local>::new("word"));
    /// let set = WeakSet::from([word.clone()]);
    /// assert!(set.drain().eq([word]));
    /// assert!(set.is_empty());
    /// ```
    Drain<T>(T)
}

extract_if! {
    /// The elements that a closure picks, taken out one after the other, from `extract_if`.
    ///
    /// What it has not come to when it is dropped stays.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakSet};
    ///
    /// let numbers: Vec<_> = (0..10).map(|n| Rc::new(Slotted::<_, Local>::new(n))).collect();
    /// let set: WeakSet<_> = numbers.iter().cloned().collect();
    /// assert_eq!(set.extract_if(|number| ***number % 2 == 1).take(2).count(), 2);
    /// assert_eq!(set.len(), 8);
    /// ```
    ExtractIf<T>(T)
}
