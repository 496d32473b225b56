//! Iteration, and snapshots.

use super::PairMap;
use crate::{
    StrongOf, WeakRef, Weakrefable,
    container::{
        snapshot::{Iter, Keys, Values},
        weak_key,
    },
};

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> PairMap<K, V, C> {
    /// Calls `f` with each key and its value, in arbitrary order.
    ///
    /// Nothing is locked while `f` runs. See [iteration](crate::WeakWeakMap#iteration) for the
    /// entries that it sees.
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
    /// users.for_each(|session, user| {
    ///     assert_eq!(***session, "session 1");
    ///     assert_eq!(***user, "Ann");
    /// });
    /// ```
    #[track_caller]
    pub fn for_each(&self, mut f: impl FnMut(&StrongOf<K>, &StrongOf<V>)) {
        self.all(|key, value| {
            f(key, value);
            true
        });
    }

    /// Calls `f` with each entry, until it returns `false`. Returns whether it never did.
    #[track_caller]
    pub(super) fn all(&self, mut f: impl FnMut(&StrongOf<K>, &StrongOf<V>) -> bool) -> bool {
        let mut f = |(key, value): &(_, _)| f(key, value);
        self.shards.upgrade_by_shard().all(|all| all.iter().all(&mut f))
    }

    /// Returns owners of the keys and values of the map at this moment, in arbitrary order.
    ///
    /// Later changes of the map do not affect the iterator. Takes time proportional to the number
    /// of entries, and allocates a list of them.
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
    /// for (session, user) in users.iter() {
    ///     assert_eq!(users.remove(&*session), Some(user));
    /// }
    /// assert!(users.is_empty());
    /// ```
    #[track_caller]
    pub fn iter(&self) -> Iter<StrongOf<K>, StrongOf<V>> {
        Iter::new(self.shards.upgrade_all())
    }

    /// Returns owners of the keys of the map at this moment, in arbitrary order.
    ///
    /// Takes time proportional to the number of entries, and allocates a list of them.
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
    /// assert!(users.keys().eq([session]));
    /// ```
    #[track_caller]
    pub fn keys(&self) -> Keys<StrongOf<K>> {
        Keys::new(weak_key::owners::<K, _>(&self.shards))
    }

    /// Returns weak references to the keys of the map: Python's `keyrefs`.
    ///
    /// The keys may be dropped before you look at them. Takes time proportional to the number of
    /// entries, allocates a list of them, and makes no owners.
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
    /// let refs = users.key_refs();
    /// assert_eq!(refs[0].upgrade(), Some(session.clone()));
    /// drop(session);
    /// assert!(refs[0].is_dead());
    /// ```
    #[doc(alias = "keyrefs")]
    #[track_caller]
    pub fn key_refs(&self) -> Vec<WeakRef<K>> {
        weak_key::refs::<K, _>(&self.shards)
    }

    /// Returns owners of the values of the map at this moment, in arbitrary order.
    ///
    /// A value under two keys is returned twice. Takes time proportional to the number of entries,
    /// and allocates lists of them.
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
    /// assert!(users.values().eq([ann]));
    /// ```
    #[track_caller]
    pub fn values(&self) -> Values<StrongOf<V>> {
        let (keys, values): (Vec<_>, _) = self.shards.upgrade_all().into_iter().unzip();
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(keys);
        Values::new(values)
    }

    /// Returns weak references to the values of the map: Python's `valuerefs`.
    ///
    /// The values may be dropped before you look at them. Takes time proportional to the number of
    /// entries, allocates a list of them, and makes no owners.
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
    /// let refs = users.value_refs();
    /// assert_eq!(refs[0].upgrade(), Some(ann.clone()));
    /// drop(ann);
    /// assert!(refs[0].is_dead());
    /// ```
    #[doc(alias = "valuerefs")]
    #[track_caller]
    pub fn value_refs(&self) -> Vec<WeakRef<V>> {
        self.shards.collect(|record| Some(WeakRef::from_weak(record.value.clone())))
    }

    /// Consumes the map and returns owners of its keys, in arbitrary order.
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
    /// assert!(users.into_keys().eq([session]));
    /// ```
    #[track_caller]
    pub fn into_keys(self) -> Keys<StrongOf<K>> {
        Keys::new(self.into_iter().map(|(key, _)| key).collect())
    }

    /// Consumes the map and returns owners of its values, in arbitrary order.
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
    /// assert!(users.into_values().eq([ann]));
    /// ```
    #[track_caller]
    pub fn into_values(self) -> Values<StrongOf<V>> {
        Values::new(self.into_iter().map(|(_, value)| value).collect())
    }
}
