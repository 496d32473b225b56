//! Iteration, and snapshots.

use super::{KeyAndValue, KeyMap};
use crate::{
    StrongOf, WeakRef, Weakrefable,
    container::{
        snapshot::{Iter, Keys, Values},
        weak_key,
    },
};

impl<K: ?Sized + Weakrefable, V, C> KeyMap<K, V, C> {
    /// Calls `f` with each key and its value, in arbitrary order.
    ///
    /// Nothing is locked while `f` runs but the value, against changes. See
    /// [iteration](crate::WeakKeyMap#iteration) for the entries that it sees.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is changing one of the values, or if waiting for a value
    /// would be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7), (bob.clone(), 8)]);
    /// let mut total = 0;
    /// scores.for_each(|_name, score| total += score);
    /// assert_eq!(total, 15);
    /// ```
    #[track_caller]
    pub fn for_each(&self, mut f: impl FnMut(&StrongOf<K>, &V)) {
        self.all("for_each", |key, value| {
            f(key, value);
            true
        });
    }

    /// Calls `f` with each key and a mutable reference to its value, in arbitrary order.
    ///
    /// Nothing is locked while `f` runs but the value. See [iteration](crate::WeakKeyMap#iteration)
    /// for the entries that it sees.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is using one of the values, or if waiting for a value
    /// would be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7), (bob.clone(), 8)]);
    /// scores.for_each_mut(|_name, score| *score *= 10);
    /// assert_eq!(scores.get(&*ann), Some(70));
    /// assert_eq!(scores.get(&*bob), Some(80));
    /// ```
    #[doc(alias = "iter_mut", alias = "values_mut")]
    #[track_caller]
    pub fn for_each_mut(&self, mut f: impl FnMut(&StrongOf<K>, &mut V)) {
        for all in self.shards.upgrade_by_shard() {
            for KeyAndValue { key, value } in &all {
                value.write("for_each_mut", |value| f(key, value));
            }
        }
    }

    #[track_caller]
    pub(super) fn all(&self, method: &str, mut f: impl FnMut(&StrongOf<K>, &V) -> bool) -> bool {
        // Without a closure, as the panic of `read` names the line of the caller.
        for all in self.shards.upgrade_by_shard() {
            for KeyAndValue { key, value } in &all {
                if value.read(method, |value| f(key, value)) == Some(false) {
                    return false;
                }
            }
        }
        true
    }

    /// Returns the entries of the map at this moment, in arbitrary order.
    ///
    /// The iterator has owners of the keys and clones of the values. Later changes of the map do
    /// not affect it.
    ///
    /// Takes time proportional to the number of entries, and allocates a list of them. Each value
    /// is cloned while nothing is locked but the value.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is changing one of the values, or if waiting for a value
    /// would be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// for (name, score) in scores.iter() {
    ///     scores.insert(&name, score + 1);
    /// }
    /// assert_eq!(scores.get("Ann"), Some(8));
    /// ```
    #[track_caller]
    pub fn iter(&self) -> Iter<StrongOf<K>, V>
    where
        V: Clone,
    {
        let mut pairs = Vec::new();
        self.all("iter", |key, value| {
            pairs.push((key.clone(), value.clone()));
            true
        });
        Iter::new(pairs)
    }

    /// Returns owners of the keys of the map at this moment, in arbitrary order.
    ///
    /// Takes time proportional to the number of entries, and allocates a list of them.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert!(scores.keys().eq([ann]));
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
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// let refs = scores.key_refs();
    /// assert_eq!(refs[0].upgrade(), Some(ann.clone()));
    /// drop(ann);
    /// assert!(refs[0].is_dead());
    /// ```
    #[doc(alias = "keyrefs")]
    #[track_caller]
    pub fn key_refs(&self) -> Vec<WeakRef<K>> {
        weak_key::refs::<K, _>(&self.shards)
    }

    /// Returns clones of the values of the map at this moment, in arbitrary order.
    ///
    /// Takes time proportional to the number of entries, and allocates a list of them. Each value
    /// is cloned while nothing is locked but the value.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is changing one of the values, or if waiting for a value
    /// would be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert!(scores.values().eq([7]));
    /// ```
    #[track_caller]
    pub fn values(&self) -> Values<V>
    where
        V: Clone,
    {
        let mut values = Vec::new();
        self.all("values", |_, value| {
            values.push(value.clone());
            true
        });
        Values::new(values)
    }

    /// Consumes the map and returns owners of its keys, in arbitrary order.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert!(scores.into_keys().eq([ann]));
    /// ```
    #[track_caller]
    pub fn into_keys(self) -> Keys<StrongOf<K>> {
        Keys::new(self.into_iter().map(|(key, _)| key).collect())
    }

    /// Consumes the map and returns its values, in arbitrary order.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert!(scores.into_values().eq([7]));
    /// ```
    #[track_caller]
    pub fn into_values(self) -> Values<V> {
        Values::new(self.into_iter().map(|(_, value)| value).collect())
    }
}
