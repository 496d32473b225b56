//! Insertion under a key.

use std::hash::{BuildHasher, Hash};

use super::{ValueRecord, WeakValueMap};
use crate::{
    Flavor, StrongOf, Weakrefable,
    container::{
        record::Record,
        removal::{RemovalCause, Removed},
        shard::ShardGuard,
        single_flight::Inserted,
        table::{Found, Keep},
    },
    flavor::Pointer,
    map::entry::{OccupiedEntry, OccupiedError},
};

impl<K, V, S> WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    /// Inserts the value that `owner` owns, under `key`, and returns the value that was replaced.
    ///
    /// Returns `None` if there was no entry, or if its value has been dropped. The map does not
    /// keep the value alive.
    ///
    /// If an equal key is in the map already, that one is kept and `key` is dropped, as by
    /// [`HashMap::insert`](std::collections::HashMap::insert). See
    /// [`replace_key`](Self::replace_key).
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
    /// let [day, night] = ["day", "night"].map(|pixels| Arc::new(Slotted::new(pixels)));
    /// let textures = WeakValueMap::new();
    /// assert_eq!(textures.insert("sky", &day), None);
    /// assert_eq!(textures.insert("sky", &night), Some(day));
    /// ```
    #[inline]
    #[track_caller]
    pub fn insert<P: Pointer<Referent = V>>(&self, key: K, owner: &P) -> Option<StrongOf<V>> {
        self.insert_strong(key, owner.strong())
    }

    /// Inserts the value that `owner` owns, under `key`, and returns the value that was replaced.
    ///
    /// Like [`insert`](Self::insert), for generic code, in which the compiler does not know that a
    /// [`StrongOf<V>`](StrongOf) is a [`Pointer`].
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](Self#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{hash::Hash, sync::Arc};
    /// use weakref_core::{Slotted, StrongOf, WeakValueMap, Weakrefable};
    ///
    /// fn copy<K: Eq + Hash + Clone, V: Weakrefable>(
    ///     from: &WeakValueMap<K, V>,
    ///     to: &WeakValueMap<K, V>,
    /// ) {
    ///     from.for_each(|key, owner: &StrongOf<V>| {
    ///         to.insert_strong(key.clone(), owner);
    ///     });
    /// }
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// let copies = WeakValueMap::new();
    /// copy(&textures, &copies);
    /// assert_eq!(copies.get("grass"), Some(grass));
    /// ```
    #[track_caller]
    pub fn insert_strong(&self, key: K, owner: &StrongOf<V>) -> Option<StrongOf<V>> {
        self.insert_keeping(Keep::First, key, owner)
    }

    /// Inserts the value that `owner` owns, under `key`, unless the map contains a value under an
    /// equal key.
    ///
    /// # Errors
    ///
    /// Returns an error if there is a value that is alive. It has the entry, with `key`, and an
    /// owner of the value that was not inserted.
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
    /// let [day, night] = ["day", "night"].map(|pixels| Arc::new(Slotted::new(pixels)));
    /// let textures = WeakValueMap::new();
    /// assert!(textures.try_insert("sky", &day).is_ok());
    ///
    /// let error = textures.try_insert("sky", &night).unwrap_err();
    /// assert_eq!(error.entry.get(), &day);
    /// assert_eq!(error.value, night);
    /// ```
    #[track_caller]
    pub fn try_insert<P: Pointer<Referent = V>>(
        &self,
        key: K,
        owner: &P,
    ) -> Result<(), OccupiedError<'_, Self>> {
        let owner = owner.strong();
        let hash = self.hash(&key);
        let mut key = Some(key);
        let Inserted { found, replaced } = {
            let mut guard = self.shards.lock_to_insert(hash);
            Self::put(&mut guard, hash, Keep::Entry, &mut key, owner)
        };
        // The record of a dead value.
        drop(replaced.map(Removed::into_owners));
        let (Some(key), Some(living)) = (key, found) else { return Ok(()) };
        let entry = OccupiedEntry { map: self, key, living };
        Err(OccupiedError { entry, value: owner.clone() })
    }

    #[track_caller]
    fn insert_keeping(&self, keep: Keep, key: K, owner: &StrongOf<V>) -> Option<StrongOf<V>> {
        let hash = self.hash(&key);
        let mut key = Some(key);
        let replaced = {
            let mut guard = self.shards.lock_to_insert(hash);
            Self::put(&mut guard, hash, keep, &mut key, owner).replaced
        };
        replaced?.into_owners()
    }

    /// Inserts a value. `key` is `Some`. It is taken only after the search: if `Eq` panics, the
    /// caller drops the key, after the shard is unlocked.
    #[inline]
    pub(super) fn put(
        guard: &mut ShardGuard<'_, V::Flavor, ValueRecord<K, V>>,
        hash: u32,
        keep: Keep,
        key: &mut Option<K>,
        owner: &StrongOf<V>,
    ) -> Inserted<V::Flavor, ValueRecord<K, V>> {
        let is_match = |other: &K| key.as_ref().is_some_and(|key| *other == *key);
        let (found, mut registrar) = guard.search(hash, is_match);
        let location = match found {
            Found::Vacant(vacant) => {
                let Some(key) = key.take() else { unreachable!("the caller has a key") };
                let place = registrar.register::<V>(owner);
                vacant.insert(ValueRecord::new(hash, place, key, V::Flavor::downgrade(owner)));
                return Inserted { found: None, replaced: None };
            }
            Found::Occupied(location) => location,
        };
        let record = guard.found(location);
        if keep == Keep::Entry
            && let Some(there) = record.owners()
        {
            return Inserted { found: Some(there), replaced: None };
        }
        let Some(key) = key.take() else { unreachable!("the caller has a key") };
        let keeps_key = keep == Keep::First && !record.is_dead();
        let place = guard.registrar(hash).register::<V>(owner);
        let weak = V::Flavor::downgrade(owner);
        let replaced = if keeps_key {
            let old = guard.found(location).replace(place, weak, key);
            guard.replaced(old)
        } else {
            let old = guard.remove_at(location, RemovalCause::Replaced);
            guard.insert(ValueRecord::new(hash, place, key, weak));
            old
        };
        Inserted { found: None, replaced: Some(replaced) }
    }

    /// Inserts the value that `owner` owns, under `key`, and returns the value that was replaced.
    ///
    /// Like [`insert`](Self::insert), but if an equal key is in the map already, `key` takes its
    /// place.
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
    /// let [first, second]: [Arc<str>; 2] = ["grass".into(), "grass".into()];
    /// let textures = WeakValueMap::from([(first, grass.clone())]);
    /// assert_eq!(textures.replace_key(second.clone(), &grass), Some(grass.clone()));
    /// assert!(Arc::ptr_eq(&textures.keys().next().unwrap(), &second));
    /// ```
    #[track_caller]
    pub fn replace_key<P: Pointer<Referent = V>>(&self, key: K, owner: &P) -> Option<StrongOf<V>> {
        self.insert_keeping(Keep::New, key, owner.strong())
    }

    #[track_caller]
    pub(super) fn put_pair(&self, key: K, owner: StrongOf<V>) {
        self.insert_strong(key, &owner);
        drop(owner);
    }
}
