//! Lookup and removal of an element.

use super::ObjectSet;
use crate::{
    StrongOf, Weakrefable,
    container::{
        lookup::Lookup,
        weak_key::{self, Search},
    },
};

impl<T: ?Sized + Weakrefable, C> ObjectSet<T, C> {
    /// Returns an owner of the element that equals `wanted`.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakSet#re-entrancy) from `T`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert!(Arc::ptr_eq(&words.get("hello").unwrap(), &hello));
    /// assert!(words.get("world").is_none());
    /// ```
    #[inline]
    #[track_caller]
    pub fn get<Q: ?Sized>(&self, wanted: &Q) -> Option<StrongOf<T>>
    where
        C: Lookup<T, Q>,
    {
        weak_key::find(&self.shards, &self.hasher, wanted)
    }

    /// Returns `true` if the set contains an element that equals `wanted`.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakSet#re-entrancy) from `T`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert!(words.contains("hello"));
    /// assert!(!words.contains("world"));
    /// ```
    #[inline]
    #[track_caller]
    pub fn contains<Q: ?Sized>(&self, wanted: &Q) -> bool
    where
        C: Lookup<T, Q>,
    {
        weak_key::contains(&self.shards, &self.hasher, wanted)
    }

    /// Removes the element that equals `wanted`, and returns `true` if there was one.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakSet#re-entrancy) from `T`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert!(words.remove("hello"));
    /// assert!(!words.remove("hello"));
    /// ```
    #[doc(alias = "discard")]
    #[track_caller]
    pub fn remove<Q: ?Sized>(&self, wanted: &Q) -> bool
    where
        C: Lookup<T, Q>,
    {
        self.take(wanted).is_some()
    }

    /// Removes the element that equals `wanted`, and returns an owner of it.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakSet#re-entrancy) from `T`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert_eq!(words.take("hello"), Some(hello));
    /// assert!(words.is_empty());
    /// ```
    #[track_caller]
    pub fn take<Q: ?Sized>(&self, wanted: &Q) -> Option<StrongOf<T>>
    where
        C: Lookup<T, Q>,
    {
        let mut search = Search::new(&self.hasher, wanted);
        let removed = self.shards.lock(search.hash)?.remove_key(search.hash, search.by::<C>());
        removed?.into_owners()
    }
}
