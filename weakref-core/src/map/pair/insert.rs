//! Insertion under a key.

use std::mem;

use super::{PairMap, PairRecord, access::value_of};
use crate::{
    Flavor, StrongOf, Weakrefable,
    container::{
        lookup::{CompareKeys, Lookup},
        record::{NO_PLACE, RecordHeader},
        removal::{RemovalCause, Removed},
        shard::{Registrar, ShardGuard},
        single_flight::Inserted,
        table::{Found, Keep},
        weak_key::Search,
    },
    flavor::Pointer,
    map::entry::{OccupiedEntry, OccupiedError},
};

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> PairMap<K, V, C> {
    /// Inserts the value that `value` owns, under the key that `key` owns, and returns the value
    /// that was replaced.
    ///
    /// Returns `None` if there was no entry, or if its value has been dropped. The map keeps
    /// neither object alive.
    ///
    /// If an equal key is in the map already, that one is kept, as by
    /// [`HashMap::insert`](std::collections::HashMap::insert): the entry is removed when the last
    /// owner of *that* key is dropped. See [`replace_key`](Self::replace_key).
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
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let users = WeakWeakMap::new();
    /// assert_eq!(users.insert(&session, &ann), None);
    /// assert_eq!(users.insert(&session, &bob), Some(ann));
    /// ```
    #[track_caller]
    pub fn insert<P, Q>(&self, key: &P, value: &Q) -> Option<StrongOf<V>>
    where
        C: CompareKeys<K>,
        P: Pointer<Referent = K>,
        Q: Pointer<Referent = V>,
    {
        self.insert_keeping(Keep::First, key.strong(), value.strong())
    }

    /// Inserts the value that `value` owns, under the key that `key` owns, and returns the value
    /// that was replaced.
    ///
    /// Like [`insert`](Self::insert), but if an equal key is in the map already, the new key takes
    /// its place.
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
    /// let [first, second] = ["session", "session"].map(|name| Arc::new(Slotted::new(name)));
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let users = WeakWeakMap::from([(first.clone(), ann.clone())]);
    /// assert_eq!(users.replace_key(&second, &bob), Some(ann));
    /// drop(first);
    /// assert_eq!(users.get(&*second), Some(bob));
    /// ```
    #[track_caller]
    pub fn replace_key<P, Q>(&self, key: &P, value: &Q) -> Option<StrongOf<V>>
    where
        C: CompareKeys<K>,
        P: Pointer<Referent = K>,
        Q: Pointer<Referent = V>,
    {
        self.insert_keeping(Keep::New, key.strong(), value.strong())
    }

    /// Inserts the value that `value` owns, under the key that `key` owns, and returns the value
    /// that was replaced.
    ///
    /// Like [`insert`](Self::insert), for generic code, in which the compiler does not know that a
    /// [`StrongOf<K>`](StrongOf) is a [`Pointer`].
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakWeakMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{PtrWeakWeakMap, Slotted, StrongOf, Weakrefable};
    ///
    /// fn link<T: Weakrefable>(nodes: &[StrongOf<T>], next: &PtrWeakWeakMap<T, T>) {
    ///     for pair in nodes.windows(2) {
    ///         next.insert_strong(&pair[0], &pair[1]);
    ///     }
    /// }
    ///
    /// type Stop = Slotted<&'static str>;
    ///
    /// let stops = ["Vienna", "Linz", "Passau"].map(|name| Arc::new(Stop::new(name)));
    /// let next = PtrWeakWeakMap::new();
    /// link::<Stop>(&stops, &next);
    /// assert_eq!(next.get(&stops[1]), Some(stops[2].clone()));
    /// ```
    #[track_caller]
    pub fn insert_strong(&self, key: &StrongOf<K>, value: &StrongOf<V>) -> Option<StrongOf<V>>
    where
        C: CompareKeys<K>,
    {
        self.insert_keeping(Keep::First, key, value)
    }

    /// Inserts the value that `value` owns, under the key that `key` owns, unless the map contains
    /// an equal key.
    ///
    /// # Errors
    ///
    /// Returns an error if there is an entry with an equal key, both alive. It has the entry, with
    /// the key that was not inserted, and an owner of the value that was not inserted.
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
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let users = WeakWeakMap::new();
    /// assert!(users.try_insert(&session, &ann).is_ok());
    ///
    /// let error = users.try_insert(&session, &bob).unwrap_err();
    /// assert_eq!(error.entry.get(), &ann);
    /// assert_eq!(error.value, bob);
    /// ```
    #[track_caller]
    pub fn try_insert<P, Q>(&self, key: &P, value: &Q) -> Result<(), OccupiedError<'_, Self>>
    where
        C: CompareKeys<K>,
        P: Pointer<Referent = K>,
        Q: Pointer<Referent = V>,
    {
        let (key, value) = (key.strong(), value.strong());
        let mut search = Search::new(&self.hasher, &**key);
        let Inserted { found, replaced } = {
            let mut guard = self.shards.lock_to_insert(search.hash);
            Self::put(&mut guard, &mut search, Keep::Entry, key, value)
        };
        // The record of a dead value.
        drop(replaced.map(Removed::into_owners));
        let Some(living) = found else { return Ok(()) };
        let entry = OccupiedEntry { map: self, key: key.clone(), living };
        Err(OccupiedError { entry, value: value.clone() })
    }

    #[track_caller]
    pub(super) fn insert_keeping(
        &self,
        keep: Keep,
        key: &StrongOf<K>,
        value: &StrongOf<V>,
    ) -> Option<StrongOf<V>>
    where
        C: Lookup<K, K>,
    {
        let mut search = Search::new(&self.hasher, &**key);
        let replaced = {
            let mut guard = self.shards.lock_to_insert(search.hash);
            Self::put(&mut guard, &mut search, keep, key, value).replaced
        };
        value_of(replaced?)
    }

    #[inline]
    pub(super) fn put(
        guard: &mut ShardGuard<'_, K::Flavor, PairRecord<K, V>>,
        search: &mut Search<'_, K, K>,
        keep: Keep,
        key: &StrongOf<K>,
        value: &StrongOf<V>,
    ) -> Inserted<K::Flavor, PairRecord<K, V>>
    where
        C: Lookup<K, K>,
    {
        let hash = search.hash;
        let new = |registrar: &mut Registrar<'_, _, _>| {
            // In this order, as the newest registration is notified first.
            let value_place = registrar.register::<V>(value);
            let header = RecordHeader::new(hash, registrar.register::<K>(key));
            let key = K::Flavor::downgrade(key);
            PairRecord { header, key, value_place, value: K::Flavor::downgrade(value) }
        };
        let (found, mut registrar) = guard.search(hash, search.by::<C>());
        let location = match found {
            Found::Vacant(vacant) => {
                vacant.insert(new(&mut registrar));
                return Inserted { found: None, replaced: None };
            }
            Found::Occupied(location) => location,
        };
        let record = guard.found(location);
        if keep == Keep::Entry
            && let Some(there) = search.upgrade(record)
        {
            return Inserted { found: Some(there), replaced: None };
        }
        let keeps_key = keep != Keep::New && !K::Flavor::is_dead(&record.value);
        let replaced = if keeps_key {
            // The key stays, and so does its registration.
            let place = guard.registrar(hash).register::<V>(value);
            let record = guard.found_mut(location);
            let header = RecordHeader::new(hash, NO_PLACE);
            let key = record.key.clone();
            let value_place = mem::replace(&mut record.value_place, place);
            let value = mem::replace(&mut record.value, K::Flavor::downgrade(value));
            guard.replaced(PairRecord { header, key, value_place, value })
        } else {
            let old = guard.remove_at(location, RemovalCause::Replaced);
            let record = new(&mut guard.registrar(hash));
            guard.insert(record);
            old
        };
        Inserted { found: None, replaced: Some(replaced) }
    }

    #[track_caller]
    pub(super) fn put_pair(&self, key: &StrongOf<K>, value: &StrongOf<V>)
    where
        C: Lookup<K, K>,
    {
        self.insert_keeping(Keep::First, key, value);
    }
}
