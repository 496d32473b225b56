//! Comparison with another set.

use super::ObjectSet;
use crate::{Weakrefable, container::lookup::Lookup};

impl<T: ?Sized + Weakrefable, C> ObjectSet<T, C>
where
    C: Lookup<T, T>,
{
    /// Returns `true` if `other` contains an equal element for each element of this set.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [a, b] = ["a", "b"].map(|tag| Arc::new(Slotted::new(tag)));
    /// let one = WeakSet::from([a.clone()]);
    /// let both = WeakSet::from([a.clone(), b.clone()]);
    /// assert!(one.is_subset(&both));
    /// assert!(both.is_subset(&both));
    /// assert!(!both.is_subset(&one));
    /// ```
    #[track_caller]
    pub fn is_subset<C2>(&self, other: &ObjectSet<T, C2>) -> bool
    where
        C2: Lookup<T, T>,
    {
        other.shards.assert_usable();
        self.all(|element| other.contains(&**element))
    }

    /// Returns `true` if this set contains an equal element for each element of `other`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [a, b] = ["a", "b"].map(|tag| Arc::new(Slotted::new(tag)));
    /// let one = WeakSet::from([a.clone()]);
    /// let both = WeakSet::from([a.clone(), b.clone()]);
    /// assert!(both.is_superset(&one));
    /// assert!(both.is_superset(&both));
    /// assert!(!one.is_superset(&both));
    /// ```
    #[track_caller]
    pub fn is_superset<C2>(&self, other: &ObjectSet<T, C2>) -> bool
    where
        C2: Lookup<T, T>,
    {
        other.is_subset(self)
    }

    /// Returns `true` if this set is a subset of `other`, and `other` is not a subset of this set:
    /// Python's `<`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [a, b] = ["a", "b"].map(|tag| Arc::new(Slotted::new(tag)));
    /// let one = WeakSet::from([a.clone()]);
    /// let both = WeakSet::from([a.clone(), b.clone()]);
    /// assert!(one.is_proper_subset(&both));
    /// assert!(!both.is_proper_subset(&both));
    /// ```
    #[track_caller]
    pub fn is_proper_subset<C2>(&self, other: &ObjectSet<T, C2>) -> bool
    where
        C2: Lookup<T, T>,
    {
        self.is_subset(other) && !other.is_subset(self)
    }

    /// Returns `true` if this set is a superset of `other`, and `other` is not a superset of this
    /// set: Python's `>`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [a, b] = ["a", "b"].map(|tag| Arc::new(Slotted::new(tag)));
    /// let one = WeakSet::from([a.clone()]);
    /// let both = WeakSet::from([a.clone(), b.clone()]);
    /// assert!(both.is_proper_superset(&one));
    /// assert!(!both.is_proper_superset(&both));
    /// ```
    #[track_caller]
    pub fn is_proper_superset<C2>(&self, other: &ObjectSet<T, C2>) -> bool
    where
        C2: Lookup<T, T>,
    {
        other.is_proper_subset(self)
    }

    /// Returns `true` if no element of this set equals an element of `other`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [a, b] = ["a", "b"].map(|tag| Arc::new(Slotted::new(tag)));
    /// let one = WeakSet::from([a.clone()]);
    /// let both = WeakSet::from([a.clone(), b.clone()]);
    /// let rest = WeakSet::from([b.clone()]);
    /// assert!(one.is_disjoint(&rest));
    /// assert!(!one.is_disjoint(&both));
    /// ```
    #[track_caller]
    pub fn is_disjoint<C2>(&self, other: &ObjectSet<T, C2>) -> bool
    where
        C2: Lookup<T, T>,
    {
        other.shards.assert_usable();
        self.all(|element| !other.contains(&**element))
    }
}

impl<T: ?Sized + Weakrefable, C, C2> PartialEq<ObjectSet<T, C2>> for ObjectSet<T, C>
where
    C: Lookup<T, T>,
    C2: Lookup<T, T>,
{
    /// Returns `true` if each element of either set equals one of the other.
    #[track_caller]
    fn eq(&self, other: &ObjectSet<T, C2>) -> bool {
        self.is_subset(other) && other.is_subset(self)
    }
}

impl<T: ?Sized + Weakrefable, C> Eq for ObjectSet<T, C> where C: Lookup<T, T> {}
