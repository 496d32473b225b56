//! Lookup and removal of an element.

use super::ObjectSet;
use crate::{
    StrongOf, Weakrefable,
    container::{
        lookup::{ByEq, Lookup},
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

/// Lookup by a hash that is known.
impl<T: ?Sized + Weakrefable, S> ObjectSet<T, ByEq<S>> {
    /// Returns an owner of the element that has this hash, and is accepted by `is_match`.
    ///
    /// `hash` is the hash of the element by the set's [`hasher`](Self::hasher). `is_match` is
    /// called in the middle of the search with the elements that have it, and perhaps with others,
    /// until it returns `true`. This is a lookup for a caller that has the hash already, or that
    /// compares what is not [`Equivalent`](crate::Equivalent) to an element.
    ///
    /// # Panics
    ///
    /// Panics like [`get`](Self::get). `is_match` must not use the set either.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{hash::BuildHasher, sync::Arc};
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// let hash = words.hasher().hash_one("hello");
    /// assert_eq!(words.get_by_hash(hash, |word| **word == "hello"), Some(hello));
    /// assert_eq!(words.get_by_hash(hash, |word| **word == "world"), None);
    /// ```
    #[doc(alias = "raw_entry", alias = "find")]
    #[track_caller]
    pub fn get_by_hash(
        &self,
        hash: u64,
        mut is_match: impl FnMut(&T) -> bool,
    ) -> Option<StrongOf<T>> {
        weak_key::find_by_hash(&self.shards, hash, &mut is_match)
    }
}
