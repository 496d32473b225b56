//! The entry of one key.

use std::convert::Infallible;

use super::{KeyAndValue, KeyMap, access::value_of};
use crate::{
    StrongOf, Weakrefable,
    container::{
        lookup::{CompareKeys, Lookup},
        shared_value::SharedValue,
        table::Keep,
        weak_key::{self, Search},
    },
    flavor::Pointer,
    map::entry::{self, Mapping, OccupiedEntry},
};

impl<K: ?Sized + Weakrefable, V, C> KeyMap<K, V, C> {
    /// Returns the entry of the key that `owner` owns, to be inspected, changed or inserted.
    ///
    /// Nothing is locked while the [`Entry`](entry::Entry) exists.
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
    /// let scores = WeakKeyMap::new();
    /// for _ in 0..3 {
    ///     scores.entry(&ann).or_insert(0).with_mut(|score| *score += 1);
    /// }
    /// assert_eq!(scores.get("Ann"), Some(3));
    /// ```
    #[track_caller]
    pub fn entry<P: Pointer<Referent = K>>(&self, owner: &P) -> entry::Entry<'_, Self>
    where
        C: CompareKeys<K>,
    {
        let owner = owner.strong();
        entry::Entry::new(self, owner.clone(), weak_key::find(&self.shards, &self.hasher, &**owner))
    }
}

impl<K: ?Sized + Weakrefable, V, C> entry::sealed::Sealed for KeyMap<K, V, C> {}

impl<K: ?Sized + Weakrefable, V, C> Mapping for KeyMap<K, V, C>
where
    C: Lookup<K, K>,
{
    type Key = StrongOf<K>;
    type Value = V;
    type Given<'a>
        = OccupiedEntry<'a, Self>
    where
        Self: 'a;
    type Shown<'a>
        = &'a mut V
    where
        Self: 'a;
    type Living = KeyAndValue<K, V>;
    type Map = Self;

    #[track_caller]
    fn make(
        map: &Self,
        owner: StrongOf<K>,
        make: impl FnOnce(&StrongOf<K>) -> V,
    ) -> KeyAndValue<K, V> {
        let Ok(living) = map.get_or_try_make(&owner, || Ok::<_, Infallible>(make(&owner)));
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(owner);
        living
    }

    #[track_caller]
    fn put(
        map: &Self,
        method: &str,
        owner: StrongOf<K>,
        value: V,
    ) -> (KeyAndValue<K, V>, Option<V>) {
        let value = SharedValue::new(value);
        let old = map.insert_keeping(method, Keep::First, &owner, value.clone());
        // The entry must own the map's key.
        let key = map.get_key(&*owner).unwrap_or_else(|| owner.clone());
        drop(owner);
        (KeyAndValue { key, value }, old)
    }

    #[track_caller]
    fn take(map: &Self, method: &str, key: &StrongOf<K>, living: &KeyAndValue<K, V>) -> Option<V> {
        let hash = Search::new(&map.hasher, &**key).hash;
        value_of(map.remove_exactly(hash, &living.value)?).take(method)
    }

    fn give<'a>(map: &'a Self, living: KeyAndValue<K, V>) -> OccupiedEntry<'a, Self>
    where
        Self: 'a,
    {
        OccupiedEntry { map, key: living.key.clone(), living }
    }

    #[track_caller]
    fn show(living: &KeyAndValue<K, V>, f: impl FnOnce(&mut V)) {
        living.value.write("and_modify", f);
    }

    fn peek<R>(living: &KeyAndValue<K, V>, mut f: impl FnMut(Option<&V>) -> R) -> R {
        let reading = living.value.try_read().ok();
        let shown = reading.as_ref().and_then(|reading| reading.with(|value| f(Some(value))));
        shown.unwrap_or_else(|| f(None))
    }
}

impl<K: ?Sized + Weakrefable, V, C> OccupiedEntry<'_, KeyMap<K, V, C>>
where
    C: Lookup<K, K>,
{
    /// Returns a clone of the value, or `None` if the value was replaced or removed meanwhile.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is changing the value, or if waiting for the value would
    /// be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::new();
    /// assert_eq!(scores.entry(&ann).or_insert(7).get(), Some(7));
    /// ```
    #[track_caller]
    pub fn get(&self) -> Option<V>
    where
        V: Clone,
    {
        self.living.value.read("get", V::clone)
    }

    /// Calls `f` with the value and returns its result, or `None` if the value was replaced or
    /// removed meanwhile.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is changing the value, or if waiting for the value would
    /// be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let notes = WeakKeyMap::new();
    /// assert_eq!(notes.entry(&ann).or_insert("likes tea").with(|note| note.len()), Some(9));
    /// ```
    #[track_caller]
    pub fn with<R>(&self, f: impl FnOnce(&V) -> R) -> Option<R> {
        self.living.value.read("with", f)
    }

    /// Calls `f` with a mutable reference to the value and returns its result, or `None` if the
    /// value was replaced or removed meanwhile.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is using the value, or if waiting for the value would be
    /// a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::new();
    /// scores.entry(&ann).or_insert(7).with_mut(|score| *score += 1);
    /// assert_eq!(scores.get("Ann"), Some(8));
    /// ```
    #[doc(alias = "get_mut", alias = "into_mut")]
    #[track_caller]
    pub fn with_mut<R>(&self, f: impl FnOnce(&mut V) -> R) -> Option<R> {
        self.living.value.write("with_mut", f)
    }
}
