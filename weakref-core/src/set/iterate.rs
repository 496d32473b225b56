//! Iteration, and snapshots.

use super::{Iter, ObjectSet};
use crate::{StrongOf, WeakRef, Weakrefable, container::weak_key};

impl<T: ?Sized + Weakrefable, C> ObjectSet<T, C> {
    /// Calls `f` with each element, in arbitrary order.
    ///
    /// Nothing is locked while `f` runs. See [iteration](crate::WeakSet#iteration) for the elements
    /// that it sees.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [hello, world] = ["hello", "world!"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakSet::from([hello.clone(), world.clone()]);
    /// let mut length = 0;
    /// words.for_each(|word| length += word.len());
    /// assert_eq!(length, 11);
    /// ```
    #[track_caller]
    pub fn for_each(&self, mut f: impl FnMut(&StrongOf<T>)) {
        self.all(|element| {
            f(element);
            true
        });
    }

    /// Calls `f` with each element, until it returns `false`. Returns whether it never did.
    #[track_caller]
    pub(super) fn all(&self, mut f: impl FnMut(&StrongOf<T>) -> bool) -> bool {
        self.shards.upgrade_by_shard().all(|all| all.iter().all(&mut f))
    }

    /// Returns owners of the elements of the set at this moment, in arbitrary order.
    ///
    /// Later changes of the set do not affect the iterator. Takes time proportional to the number
    /// of elements, and allocates a list of them.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// for word in words.iter() {
    ///     words.remove(&*word);
    /// }
    /// assert!(words.is_empty());
    /// ```
    #[track_caller]
    pub fn iter(&self) -> Iter<StrongOf<T>> {
        Iter::new(weak_key::owners::<T, _>(&self.shards))
    }

    /// Returns weak references to the elements of the set.
    ///
    /// The elements may be dropped before you look at them. Takes time proportional to the number
    /// of elements, allocates a list of them, and makes no owners.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// let refs = words.refs();
    /// assert_eq!(refs[0].upgrade(), Some(hello.clone()));
    /// drop(hello);
    /// assert!(refs[0].is_dead());
    /// ```
    #[track_caller]
    pub fn refs(&self) -> Vec<WeakRef<T>> {
        weak_key::refs::<T, _>(&self.shards)
    }
}
