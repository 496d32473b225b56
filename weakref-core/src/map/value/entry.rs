//! The entry of one key.

use std::{
    convert::Infallible,
    hash::{BuildHasher, Hash},
};

use equivalent::Equivalent;

use super::WeakValueMap;
use crate::{
    StrongOf, Weakrefable,
    map::entry::{self, ByRef, Mapping, OccupiedEntry},
};

impl<K, V, S> WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    /// Returns the entry of `key`, to be inspected, changed or inserted.
    ///
    /// Nothing is locked while the [`Entry`](entry::Entry) exists.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](Self#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let shown = textures.entry("grass").or_insert(grass.clone());
    /// assert!(Arc::ptr_eq(&shown, &grass));
    /// ```
    #[track_caller]
    pub fn entry(&self, key: K) -> entry::Entry<'_, Self> {
        let living = self.get(&key);
        entry::Entry::new(self, key, living)
    }

    /// Returns the entry of a borrowed key, to be inspected, changed or inserted.
    ///
    /// Like [`entry`](Self::entry), but an owned key is made of `key` only when something is
    /// inserted. So an entry that is in the map already allocates nothing. An insertion hashes
    /// `key` once more.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](Self#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<String, Slotted<&str>>::new();
    /// let grass = textures.entry_ref("grass").or_insert(Arc::new(Slotted::new("pixels")));
    /// let same = textures.entry_ref("grass").or_insert_with(|| unreachable!());
    /// assert!(Arc::ptr_eq(&grass, &same));
    /// ```
    #[track_caller]
    pub fn entry_ref<'a, 'q: 'a, Q>(&'a self, key: &'q Q) -> entry::Entry<'a, ByRef<'q, Q, Self>>
    where
        K: From<&'q Q>,
        Q: Hash + Equivalent<K> + ?Sized,
    {
        entry::Entry::new(self, key, self.get(key))
    }
}

impl<K, V: ?Sized + Weakrefable, S> entry::sealed::Sealed for WeakValueMap<K, V, S> {}

impl<K, V, S> Mapping for WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    type Key = K;
    type Value = StrongOf<V>;
    type Given<'a>
        = StrongOf<V>
    where
        Self: 'a;
    type Shown<'a>
        = &'a StrongOf<V>
    where
        Self: 'a;
    type Living = StrongOf<V>;
    type Map = Self;

    #[track_caller]
    fn make(map: &Self, key: K, make: impl FnOnce(&K) -> StrongOf<V>) -> StrongOf<V> {
        match map.get_or_try_make_with_key(key, |key| Ok::<_, Infallible>(make(key))) {
            Ok(owner) => owner,
        }
    }

    #[track_caller]
    fn make_without_key(map: &Self, key: K, make: impl FnOnce() -> StrongOf<V>) -> StrongOf<V> {
        map.get_or_insert_with(key, make)
    }

    #[track_caller]
    fn put(map: &Self, _: &str, key: K, owner: StrongOf<V>) -> (StrongOf<V>, Option<StrongOf<V>>) {
        let old = map.insert_strong(key, &owner);
        (owner, old)
    }

    #[track_caller]
    fn take(map: &Self, _: &str, key: &K, owner: &StrongOf<V>) -> Option<StrongOf<V>> {
        map.remove_exactly(map.hash(key), key, owner)
    }

    fn give<'a>(_: &'a Self, owner: StrongOf<V>) -> StrongOf<V>
    where
        Self: 'a,
    {
        owner
    }

    fn show(owner: &StrongOf<V>, f: impl FnOnce(&StrongOf<V>)) {
        f(owner);
    }

    fn peek<R>(owner: &StrongOf<V>, mut f: impl FnMut(Option<&StrongOf<V>>) -> R) -> R {
        f(Some(owner))
    }
}

impl<K, V, S> OccupiedEntry<'_, WeakValueMap<K, V, S>>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    /// Returns a reference to the owner of the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let entry = textures.entry("grass").insert_entry(Arc::new(Slotted::new("pixels")));
    /// assert_eq!(***entry.get(), "pixels");
    /// ```
    pub fn get(&self) -> &StrongOf<V> {
        &self.living
    }
}

impl<'q, K, Q, V, S> Mapping for ByRef<'q, Q, WeakValueMap<K, V, S>>
where
    K: Eq + Hash + From<&'q Q>,
    Q: Hash + Equivalent<K> + ?Sized,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    type Key = &'q Q;
    type Value = StrongOf<V>;
    type Given<'a>
        = StrongOf<V>
    where
        Self: 'a;
    type Shown<'a>
        = &'a StrongOf<V>
    where
        Self: 'a;
    type Living = StrongOf<V>;
    type Map = WeakValueMap<K, V, S>;

    #[track_caller]
    fn make(map: &Self::Map, key: &'q Q, make: impl FnOnce(&&'q Q) -> StrongOf<V>) -> StrongOf<V> {
        let Ok(owner) = map.get_or_try_make(map.hash(key), K::from(key), false, |_| {
            Ok::<_, Infallible>(make(&key))
        });
        owner
    }

    #[track_caller]
    fn put(
        map: &Self::Map,
        _: &str,
        key: &'q Q,
        owner: StrongOf<V>,
    ) -> (StrongOf<V>, Option<StrongOf<V>>) {
        let old = map.insert_strong(K::from(key), &owner);
        (owner, old)
    }

    #[track_caller]
    fn take(map: &Self::Map, _: &str, key: &&'q Q, owner: &StrongOf<V>) -> Option<StrongOf<V>> {
        map.remove_exactly(map.hash(*key), *key, owner)
    }

    fn give<'a>(_: &'a Self::Map, owner: StrongOf<V>) -> StrongOf<V>
    where
        Self: 'a,
    {
        owner
    }

    fn show(owner: &StrongOf<V>, f: impl FnOnce(&StrongOf<V>)) {
        f(owner);
    }

    fn peek<R>(owner: &StrongOf<V>, mut f: impl FnMut(Option<&StrongOf<V>>) -> R) -> R {
        f(Some(owner))
    }
}

impl<'q, K, Q, V, S> OccupiedEntry<'_, ByRef<'q, Q, WeakValueMap<K, V, S>>>
where
    K: Eq + Hash + From<&'q Q>,
    Q: Hash + Equivalent<K> + ?Sized,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    /// Returns a reference to an owner of the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap, map::Entry};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([(String::from("grass"), grass.clone())]);
    /// let Entry::Occupied(entry) = textures.entry_ref("grass") else { unreachable!() };
    /// assert!(Arc::ptr_eq(entry.get(), &grass));
    /// ```
    pub fn get(&self) -> &StrongOf<V> {
        &self.living
    }
}
