//! Lookup and removal by a key.

use super::{KeyAndValue, KeyMap, KeyRecord};
use crate::{
    StrongOf, Weakrefable,
    container::{
        lookup::{ByEq, Lookup},
        removal::Removed,
        shared_value::SharedValue,
        weak_key::{self, Search},
    },
};

/// Takes a removal apart, into an owner of the key and the value.
pub(super) fn pair<K: ?Sized + Weakrefable, V>(
    removed: Removed<K::Flavor, KeyRecord<K, V>>,
) -> (Option<StrongOf<K>>, SharedValue<K::Flavor, V>) {
    let (record, owner) = removed.into_record();
    (owner, record.value)
}

/// Takes the value out of a removal.
pub(super) fn value_of<K: ?Sized + Weakrefable, V>(
    removed: Removed<K::Flavor, KeyRecord<K, V>>,
) -> SharedValue<K::Flavor, V> {
    let (owner, value) = pair(removed);
    // Dropped here, not at the end of the scope: a panic there would leak the result.
    drop(owner);
    value
}

impl<K: ?Sized + Weakrefable, V, C> KeyMap<K, V, C> {
    /// Returns a clone of the value under `key`.
    ///
    /// The clone is made while nothing is locked but the value.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is changing the value, or if waiting for the value would
    /// be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// Panics if called [re-entrantly](crate::WeakKeyMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert_eq!(scores.get("Ann"), Some(7));
    /// assert_eq!(scores.get("Bob"), None);
    /// ```
    #[inline]
    #[track_caller]
    pub fn get<Q: ?Sized>(&self, key: &Q) -> Option<V>
    where
        C: Lookup<K, Q>,
        V: Clone,
    {
        self.with_as("get", key, V::clone)
    }

    /// Calls `f` with the value under `key`, and returns its result.
    ///
    /// Nothing is locked meanwhile but the value, against changes. `f` may use the map. If the last
    /// owner of the key is dropped meanwhile, the entry is removed at once, and the value is
    /// dropped when `f` has returned.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is changing the value, or if waiting for the value would
    /// be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// Panics if called [re-entrantly](crate::WeakKeyMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let notes = WeakKeyMap::from([(ann.clone(), String::from("likes tea"))]);
    /// assert_eq!(notes.with("Ann", |note| note.len()), Some(9));
    /// ```
    #[inline]
    #[track_caller]
    pub fn with<Q: ?Sized, R>(&self, key: &Q, f: impl FnOnce(&V) -> R) -> Option<R>
    where
        C: Lookup<K, Q>,
    {
        self.with_as("with", key, f)
    }

    /// Does what `with` does, for a caller that panics as `method`.
    #[inline]
    #[track_caller]
    fn with_as<Q: ?Sized, R>(&self, method: &str, key: &Q, f: impl FnOnce(&V) -> R) -> Option<R>
    where
        C: Lookup<K, Q>,
    {
        let mut search = Search::new(&self.hasher, key);
        let value = {
            let guard = self.shards.lock(search.hash)?;
            let value = guard.find(search.hash, search.by::<C>())?.value.try_read();
            match guard.unlock() {
                Ok(()) => value.ok(),
                Err(deferred) => {
                    // This runs user code, which may change the value. The entry has a handle of
                    // the value too, so no user value is dropped here.
                    drop(value);
                    drop(deferred);
                    None
                }
            }
        };
        let Some(value) = value else {
            drop(search);
            return self.with_later(method, key, f);
        };
        // The owner of the key is dropped before `f` runs, so that the entry can be removed
        // meanwhile, but after the lock of the value is known as held: the drop of the key may run
        // code that waits.
        let result = value.with(|value| {
            drop(search);
            f(value)
        });
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(value);
        result
    }

    /// Does what `with_as` does, for a value that another closure is changing, or may be.
    #[cold]
    #[track_caller]
    fn with_later<Q: ?Sized, R>(&self, method: &str, key: &Q, f: impl FnOnce(&V) -> R) -> Option<R>
    where
        C: Lookup<K, Q>,
    {
        let mut f = Some(f);
        // Another thread may have moved the value out, perhaps to insert a new one.
        loop {
            let KeyAndValue { key: owner, value } =
                weak_key::find(&self.shards, &self.hasher, key)?;
            // So that the key can be dropped meanwhile.
            weak_key::release::<K>(owner);
            let result = value.read(method, |value| f.take().map(|f| f(value)));
            // Dropped here, not at the end of the scope: a panic there would leak the result.
            drop(value);
            if let Some(result) = result {
                return result;
            }
        }
    }

    /// Calls `f` with a mutable reference to the value under `key`, and returns its result.
    ///
    /// Nothing is locked meanwhile but the value. `f` may use the map, except for this value. Other
    /// threads that need the value wait, and closures of other threads that look at it are waited
    /// for. If the last owner of the key is dropped meanwhile, the entry is removed at once, and
    /// the value is dropped when `f` has returned.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is using the value, or if waiting for the value would be
    /// a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// Panics if called [re-entrantly](crate::WeakKeyMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let notes = WeakKeyMap::from([(ann.clone(), vec!["likes tea"])]);
    /// notes.with_mut("Ann", |notes| notes.push("plays chess"));
    /// assert_eq!(notes.get("Ann"), Some(vec!["likes tea", "plays chess"]));
    /// ```
    #[doc(alias = "get_mut")]
    #[track_caller]
    pub fn with_mut<Q: ?Sized, R>(&self, key: &Q, f: impl FnOnce(&mut V) -> R) -> Option<R>
    where
        C: Lookup<K, Q>,
    {
        let mut f = Some(f);
        // Another thread may have moved the value out, perhaps to insert a new one.
        loop {
            let KeyAndValue { key: owner, value } =
                weak_key::find(&self.shards, &self.hasher, key)?;
            // So that the key can be dropped meanwhile.
            weak_key::release::<K>(owner);
            let result = value.write("with_mut", |value| f.take().map(|f| f(value)));
            // Dropped here, not at the end of the scope: a panic there would leak the result.
            drop(value);
            if let Some(result) = result {
                return result;
            }
        }
    }

    /// Returns an owner of the map's key that equals `key`.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakKeyMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert!(Arc::ptr_eq(&scores.get_key("Ann").unwrap(), &ann));
    /// ```
    #[track_caller]
    pub fn get_key<Q: ?Sized>(&self, key: &Q) -> Option<StrongOf<K>>
    where
        C: Lookup<K, Q>,
    {
        weak_key::get_key(&self.shards, &self.hasher, key)
    }

    /// Returns an owner of the map's key that equals `key`, and a clone of its value.
    ///
    /// # Panics
    ///
    /// Panics like [`get`](Self::get).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert_eq!(scores.get_key_value("Ann"), Some((ann, 7)));
    /// ```
    #[track_caller]
    pub fn get_key_value<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, V)>
    where
        C: Lookup<K, Q>,
        V: Clone,
    {
        self.pair("get_key_value", key)
    }

    /// Returns an owner of the map's key that equals `key`, and a clone of its value.
    ///
    /// Equivalent to [`get_key_value`](Self::get_key_value), under the name that the `weak-table`
    /// crate uses.
    ///
    /// # Panics
    ///
    /// Panics like [`get`](Self::get).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert_eq!(scores.get_both("Ann"), Some((ann, 7)));
    /// ```
    #[track_caller]
    pub fn get_both<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, V)>
    where
        C: Lookup<K, Q>,
        V: Clone,
    {
        self.pair("get_both", key)
    }

    #[track_caller]
    pub(super) fn pair<Q: ?Sized>(&self, method: &str, key: &Q) -> Option<(StrongOf<K>, V)>
    where
        C: Lookup<K, Q>,
        V: Clone,
    {
        loop {
            let KeyAndValue { key: owner, value } =
                weak_key::find(&self.shards, &self.hasher, key)?;
            let clone = value.read(method, V::clone);
            // Dropped here, not at the end of the scope: a panic there would leak the result.
            drop(value);
            if let Some(clone) = clone {
                return Some((owner, clone));
            }
        }
    }

    /// Returns `true` if the map contains a key that equals `key`.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakKeyMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert!(scores.contains_key("Ann"));
    /// assert!(!scores.contains_key("Bob"));
    /// ```
    #[inline]
    #[track_caller]
    pub fn contains_key<Q: ?Sized>(&self, key: &Q) -> bool
    where
        C: Lookup<K, Q>,
    {
        weak_key::contains(&self.shards, &self.hasher, key)
    }

    /// Removes the entry under `key`, and returns its value.
    ///
    /// If a closure of another thread is using the value, this waits until the closure has
    /// returned.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is using the value, or if waiting for the value would be
    /// a [detected deadlock](crate::WeakKeyMap#access-to-values). The entry has been removed then.
    ///
    /// Panics if called [re-entrantly](crate::WeakKeyMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert_eq!(scores.remove("Ann"), Some(7));
    /// assert_eq!(scores.remove("Ann"), None);
    /// ```
    #[doc(alias = "pop")]
    #[track_caller]
    pub fn remove<Q: ?Sized>(&self, key: &Q) -> Option<V>
    where
        C: Lookup<K, Q>,
    {
        value_of(self.take_key(key)?).take("remove")
    }

    /// Removes the entry under `key` if `condition` returns `true` for its value, and returns the
    /// value.
    ///
    /// Nothing is locked while `condition` runs but the value, against changes. If the value is
    /// replaced or removed after that, this removes nothing, and returns `None`.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is using the value, or if waiting for the value would be
    /// a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// Panics if called [re-entrantly](crate::WeakKeyMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert_eq!(scores.remove_if("Ann", |score| *score > 7), None);
    /// assert_eq!(scores.remove_if("Ann", |score| *score == 7), Some(7));
    /// assert!(scores.is_empty());
    /// ```
    #[track_caller]
    pub fn remove_if<Q: ?Sized>(&self, key: &Q, condition: impl FnOnce(&V) -> bool) -> Option<V>
    where
        C: Lookup<K, Q>,
    {
        let mut search = Search::new(&self.hasher, key);
        let KeyAndValue { key: owner, value } =
            weak_key::find_by::<_, _, C, _>(&self.shards, &mut search)?;
        if value.read("remove_if", condition) != Some(true) {
            return None;
        }
        let value = value_of(self.remove_exactly(search.hash, &value)?).take("remove_if");
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(owner);
        value
    }

    /// Removes the entry under `key`, and returns an owner of its key, and its value.
    ///
    /// If a closure of another thread is using the value, this waits until the closure has
    /// returned.
    ///
    /// # Panics
    ///
    /// Panics like [`remove`](Self::remove).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert_eq!(scores.remove_entry("Ann"), Some((ann, 7)));
    /// ```
    #[track_caller]
    pub fn remove_entry<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, V)>
    where
        C: Lookup<K, Q>,
    {
        let (owner, value) = pair(self.take_key(key)?);
        Some((owner?, value.take("remove_entry")?))
    }

    #[track_caller]
    fn take_key<Q: ?Sized>(&self, key: &Q) -> Option<Removed<K::Flavor, KeyRecord<K, V>>>
    where
        C: Lookup<K, Q>,
    {
        let mut search = Search::new(&self.hasher, key);
        self.shards.lock(search.hash)?.remove_key(search.hash, search.by::<C>())
    }

    #[track_caller]
    pub(super) fn look<R>(
        &self,
        method: &str,
        key: &StrongOf<K>,
        f: impl FnOnce(&V) -> R,
    ) -> Option<R>
    where
        C: Lookup<K, K>,
    {
        self.with_as(method, &**key, f)
    }
}

/// Lookup by a hash that is known.
impl<K: ?Sized + Weakrefable, V, S> KeyMap<K, V, ByEq<S>> {
    /// Returns a clone of the value whose key has this hash, and is accepted by `is_match`.
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
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// let hash = scores.hasher().hash_one("Ann");
    /// assert_eq!(scores.get_by_hash(hash, |name| name.starts_with('A')), Some(7));
    /// assert_eq!(scores.get_by_hash(hash, |name| name.starts_with('B')), None);
    /// ```
    #[doc(alias = "raw_entry", alias = "find")]
    #[track_caller]
    pub fn get_by_hash(&self, hash: u64, mut is_match: impl FnMut(&K) -> bool) -> Option<V>
    where
        V: Clone,
    {
        // Another thread may have moved the value out, perhaps to insert a new one.
        loop {
            let KeyAndValue { key: owner, value } =
                weak_key::find_by_hash(&self.shards, hash, &mut is_match)?;
            weak_key::release::<K>(owner);
            let clone = value.read("get_by_hash", V::clone);
            // Dropped here, not at the end of the scope: a panic there would leak the result.
            drop(value);
            if clone.is_some() {
                return clone;
            }
        }
    }
}
