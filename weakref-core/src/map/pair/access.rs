//! Lookup and removal by a key.

use super::{PairMap, PairRecord};
use crate::{
    Flavor, StrongOf, WeakRef, Weakrefable,
    container::{
        lookup::{ByEq, Lookup},
        record::Record,
        removal::Removed,
        weak_key::{self, Search},
    },
};

/// Takes the value out of a removal.
pub(super) fn value_of<K, V>(removed: Removed<K::Flavor, PairRecord<K, V>>) -> Option<StrongOf<V>>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
    let (key, value) = removed.into_owners();
    // Dropped here, not at the end of the scope: a panic there would leak the result.
    drop(key);
    value
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> PairMap<K, V, C> {
    /// Returns an owner of the value under `key`.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakWeakMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// assert!(Arc::ptr_eq(&users.get("session 1").unwrap(), &ann));
    /// assert!(users.get("session 2").is_none());
    /// ```
    #[inline]
    #[track_caller]
    pub fn get<Q: ?Sized>(&self, key: &Q) -> Option<StrongOf<V>>
    where
        C: Lookup<K, Q>,
    {
        let mut search = Search::new(&self.hasher, key);
        let guard = self.shards.lock(search.hash)?;
        K::Flavor::upgrade(&guard.find(search.hash, search.by::<C>())?.value)
    }

    /// Returns a weak reference to the value under `key`. Makes no owner of the value.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakWeakMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// assert!(users.get_weak("session 1").unwrap().refers_to(&ann));
    /// assert_eq!(Arc::strong_count(&ann), 1);
    /// ```
    #[track_caller]
    pub fn get_weak<Q: ?Sized>(&self, key: &Q) -> Option<WeakRef<V>>
    where
        C: Lookup<K, Q>,
    {
        let mut search = Search::new(&self.hasher, key);
        let guard = self.shards.lock(search.hash)?;
        let record = guard.find(search.hash, search.by::<C>())?;
        if record.is_dead() { None } else { Some(WeakRef::from_weak(record.value.clone())) }
    }

    /// Returns an owner of the map's key that equals `key`.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakWeakMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// assert!(Arc::ptr_eq(&users.get_key("session 1").unwrap(), &session));
    /// ```
    #[track_caller]
    pub fn get_key<Q: ?Sized>(&self, key: &Q) -> Option<StrongOf<K>>
    where
        C: Lookup<K, Q>,
    {
        weak_key::get_key(&self.shards, &self.hasher, key)
    }

    /// Returns owners of the map's key that equals `key`, and of its value.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakWeakMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// assert_eq!(users.get_key_value("session 1"), Some((session, ann)));
    /// ```
    #[track_caller]
    pub fn get_key_value<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, StrongOf<V>)>
    where
        C: Lookup<K, Q>,
    {
        self.pair("get_key_value", key)
    }

    /// Returns owners of the map's key that equals `key`, and of its value.
    ///
    /// Equivalent to [`get_key_value`](Self::get_key_value), under the name that the `weak-table`
    /// crate uses.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakWeakMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// assert_eq!(users.get_both("session 1"), Some((session, ann)));
    /// ```
    #[track_caller]
    pub fn get_both<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, StrongOf<V>)>
    where
        C: Lookup<K, Q>,
    {
        self.pair("get_both", key)
    }

    #[track_caller]
    pub(super) fn pair<Q: ?Sized>(&self, _: &str, key: &Q) -> Option<(StrongOf<K>, StrongOf<V>)>
    where
        C: Lookup<K, Q>,
    {
        weak_key::find(&self.shards, &self.hasher, key)
    }

    /// Returns `true` if the map contains an entry under `key`.
    ///
    /// Makes no owner of the value.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakWeakMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// assert!(users.contains_key("session 1"));
    /// drop(ann);
    /// assert!(!users.contains_key("session 1"));
    /// ```
    #[inline]
    #[track_caller]
    pub fn contains_key<Q: ?Sized>(&self, key: &Q) -> bool
    where
        C: Lookup<K, Q>,
    {
        weak_key::contains(&self.shards, &self.hasher, key)
    }

    /// Removes the entry under `key`, and returns an owner of its value.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakWeakMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// assert_eq!(users.remove("session 1"), Some(ann));
    /// assert_eq!(users.remove("session 1"), None);
    /// ```
    #[doc(alias = "pop")]
    #[track_caller]
    pub fn remove<Q: ?Sized>(&self, key: &Q) -> Option<StrongOf<V>>
    where
        C: Lookup<K, Q>,
    {
        value_of(self.take_key(key)?)
    }

    /// Removes the entry under `key`, and returns owners of its key and of its value.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakWeakMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// assert_eq!(users.remove_entry("session 1"), Some((session, ann)));
    /// ```
    #[track_caller]
    pub fn remove_entry<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, StrongOf<V>)>
    where
        C: Lookup<K, Q>,
    {
        let (key, value) = self.take_key(key)?.into_owners();
        Some((key?, value?))
    }

    #[track_caller]
    fn take_key<Q: ?Sized>(&self, key: &Q) -> Option<Removed<K::Flavor, PairRecord<K, V>>>
    where
        C: Lookup<K, Q>,
    {
        let mut search = Search::new(&self.hasher, key);
        self.shards.lock(search.hash)?.remove_key(search.hash, search.by::<C>())
    }

    /// Removes the entry under `key` if `condition` returns `true` for its value, and returns an
    /// owner of the value.
    ///
    /// Nothing is locked while `condition` runs. If the value is replaced meanwhile, nothing is
    /// removed.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakWeakMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// assert_eq!(users.remove_if("session 1", |user| user.is_empty()), None);
    /// assert_eq!(users.remove_if("session 1", |user| ***user == "Ann"), Some(ann));
    /// assert!(users.is_empty());
    /// ```
    #[track_caller]
    pub fn remove_if<Q: ?Sized>(
        &self,
        key: &Q,
        condition: impl FnOnce(&StrongOf<V>) -> bool,
    ) -> Option<StrongOf<V>>
    where
        C: Lookup<K, Q>,
    {
        let mut search = Search::new(&self.hasher, key);
        let (own, value) = weak_key::find_by::<_, _, C, _>(&self.shards, &mut search)?;
        if !condition(&value) {
            return None;
        }
        self.take_this(search.hash, &own, &value).map(|()| value)
    }
}

/// Lookup by a hash that is known.
impl<K, V, S> PairMap<K, V, ByEq<S>>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
    /// Returns an owner of the value whose key has this hash, and is accepted by `is_match`.
    ///
    /// `hash` is the hash of the key by the map's [`hasher`](Self::hasher). `is_match` is called in
    /// the middle of the search with the keys that have it, and perhaps with others, until it
    /// returns `true`. This is a lookup for a caller that has the hash already, or that compares
    /// what is not [`Equivalent`](crate::Equivalent) to a key.
    ///
    /// # Panics
    ///
    /// Panics like [`get`](Self::get). `is_match` must not use the map either.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{hash::BuildHasher, sync::Arc};
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// let hash = users.hasher().hash_one("session 1");
    /// assert_eq!(users.get_by_hash(hash, |session| session.ends_with('1')), Some(ann));
    /// ```
    #[doc(alias = "raw_entry", alias = "find")]
    #[track_caller]
    pub fn get_by_hash(
        &self,
        hash: u64,
        mut is_match: impl FnMut(&K) -> bool,
    ) -> Option<StrongOf<V>> {
        let (key, value) = weak_key::find_by_hash(&self.shards, hash, &mut is_match)?;
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(key);
        Some(value)
    }
}
