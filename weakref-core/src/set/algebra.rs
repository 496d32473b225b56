//! Union, intersection and differences of two sets.

use super::{Iter, ObjectSet};
use crate::{StrongOf, Weakrefable, container::lookup::Lookup};

impl<T: ?Sized + Weakrefable, C> ObjectSet<T, C>
where
    C: Lookup<T, T>,
{
    /// Returns owners of the elements of this set, then of those of `other` that equal none of
    /// them.
    ///
    /// The result is a snapshot, made when this is called, as are those of
    /// [`intersection`](Self::intersection), [`difference`](Self::difference) and
    /// [`symmetric_difference`](Self::symmetric_difference).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [a, b, c] = ["a", "b", "c"].map(|tag| Arc::new(Slotted::new(tag)));
    /// let left = WeakSet::from([a.clone(), b.clone()]);
    /// let right = WeakSet::from([b.clone(), c.clone()]);
    /// assert_eq!(left.union(&right).len(), 3);
    /// ```
    #[track_caller]
    pub fn union<C2>(&self, other: &ObjectSet<T, C2>) -> Iter<StrongOf<T>>
    where
        C2: Lookup<T, T>,
    {
        let mut all: Vec<_> = self.iter().collect();
        all.extend(other.difference(self));
        Iter::new(all)
    }

    /// Returns owners of the elements of this set that equal an element of `other`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [a, b, c] = ["a", "b", "c"].map(|tag| Arc::new(Slotted::new(tag)));
    /// let left = WeakSet::from([a.clone(), b.clone()]);
    /// let right = WeakSet::from([b.clone(), c.clone()]);
    /// assert!(left.intersection(&right).eq([b]));
    /// ```
    #[track_caller]
    pub fn intersection<C2>(&self, other: &ObjectSet<T, C2>) -> Iter<StrongOf<T>>
    where
        C2: Lookup<T, T>,
    {
        other.shards.assert_usable();
        Iter::new(self.iter().filter(|element| other.contains(&**element)).collect())
    }

    /// Returns owners of the elements of this set that equal no element of `other`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [a, b, c] = ["a", "b", "c"].map(|tag| Arc::new(Slotted::new(tag)));
    /// let left = WeakSet::from([a.clone(), b.clone()]);
    /// let right = WeakSet::from([b.clone(), c.clone()]);
    /// assert!(left.difference(&right).eq([a]));
    /// ```
    #[track_caller]
    pub fn difference<C2>(&self, other: &ObjectSet<T, C2>) -> Iter<StrongOf<T>>
    where
        C2: Lookup<T, T>,
    {
        other.shards.assert_usable();
        Iter::new(self.iter().filter(|element| !other.contains(&**element)).collect())
    }

    /// Returns owners of the elements of either set that equal no element of the other, first of
    /// this set's.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [a, b, c] = ["a", "b", "c"].map(|tag| Arc::new(Slotted::new(tag)));
    /// let left = WeakSet::from([a.clone(), b.clone()]);
    /// let right = WeakSet::from([b.clone(), c.clone()]);
    /// assert!(left.symmetric_difference(&right).eq([a, c]));
    /// ```
    #[track_caller]
    pub fn symmetric_difference<C2>(&self, other: &ObjectSet<T, C2>) -> Iter<StrongOf<T>>
    where
        C2: Lookup<T, T>,
    {
        let mut all: Vec<_> = self.difference(other).collect();
        all.extend(other.difference(self));
        Iter::new(all)
    }

    /// Removes the elements that equal no element of `other`, like `&=`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [a, b, c] = ["a", "b", "c"].map(|tag| Arc::new(Slotted::new(tag)));
    /// let left = WeakSet::from([a.clone(), b.clone()]);
    /// let right = WeakSet::from([b.clone(), c.clone()]);
    /// left.intersection_update(&right);
    /// assert!(left.iter().eq([b]));
    /// ```
    #[track_caller]
    pub fn intersection_update<C2>(&self, other: &ObjectSet<T, C2>)
    where
        C2: Lookup<T, T>,
    {
        other.shards.assert_usable();
        self.retain(|element| other.contains(&**element));
    }

    /// Removes the elements that equal an element of `other`, like `-=`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [a, b, c] = ["a", "b", "c"].map(|tag| Arc::new(Slotted::new(tag)));
    /// let left = WeakSet::from([a.clone(), b.clone()]);
    /// let right = WeakSet::from([b.clone(), c.clone()]);
    /// left.difference_update(&right);
    /// assert!(left.iter().eq([a]));
    /// ```
    #[track_caller]
    pub fn difference_update<C2>(&self, other: &ObjectSet<T, C2>)
    where
        C2: Lookup<T, T>,
    {
        for element in other {
            self.remove(&*element);
        }
    }

    /// Removes the elements that equal an element of `other`, and adds the other elements of
    /// `other`, like `^=`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [a, b, c] = ["a", "b", "c"].map(|tag| Arc::new(Slotted::new(tag)));
    /// let left = WeakSet::from([a.clone(), b.clone()]);
    /// let right = WeakSet::from([b.clone(), c.clone()]);
    /// left.symmetric_difference_update(&right);
    /// assert!(left.contains(&*a) && left.contains(&*c));
    /// assert!(!left.contains(&*b));
    /// ```
    #[track_caller]
    pub fn symmetric_difference_update<C2>(&self, other: &ObjectSet<T, C2>)
    where
        C2: Lookup<T, T>,
    {
        for element in other {
            if !self.remove(&*element) {
                self.insert_strong(&element);
            }
        }
    }
}
