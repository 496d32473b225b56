//! Insertion under a key.

use super::{KeyMap, KeyRecord, access::value_of};
use crate::{
    Flavor, StrongOf, Weakrefable,
    container::{
        lookup::{CompareKeys, Lookup},
        record::{NO_PLACE, RecordHeader},
        removal::{RemovalCause, Removed},
        shard::{Registrar, ShardGuard},
        shared_value::SharedValue,
        single_flight::Inserted,
        table::{Found, Keep},
        weak_key::Search,
    },
    flavor::Pointer,
    map::entry::{OccupiedEntry, OccupiedError},
};

impl<K: ?Sized + Weakrefable, V, C> KeyMap<K, V, C> {
    /// Inserts `value` under the key that `owner` owns, and returns the value that was replaced.
    ///
    /// The map does not keep the key alive. If an equal key is in the map already, that one is
    /// kept, as by [`HashMap::insert`](std::collections::HashMap::insert): the entry is removed
    /// when the last owner of *that* key is dropped. See [`replace_key`](Self::replace_key).
    ///
    /// If a closure of another thread is using the replaced value, this waits until the closure has
    /// returned.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is using the value that is replaced, or if waiting for
    /// that value would be a [detected deadlock](crate::WeakKeyMap#access-to-values). The new value
    /// has been inserted then.
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
    /// assert_eq!(scores.insert(&ann, 7), None);
    /// assert_eq!(scores.insert(&ann, 8), Some(7));
    /// ```
    #[inline]
    #[track_caller]
    pub fn insert<P: Pointer<Referent = K>>(&self, owner: &P, value: V) -> Option<V>
    where
        C: CompareKeys<K>,
    {
        self.insert_keeping("insert", Keep::First, owner.strong(), SharedValue::new(value))
    }

    /// Inserts `value` under the key that `owner` owns, and returns the value that was replaced.
    ///
    /// Like [`insert`](Self::insert), but if an equal key is in the map already, the new key takes
    /// its place.
    ///
    /// # Panics
    ///
    /// Panics like [`insert`](Self::insert).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let [ann, namesake] = ["Ann", "Ann"].map(|name| Arc::new(Slotted::new(name)));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert_eq!(scores.replace_key(&namesake, 8), Some(7));
    /// drop(ann);
    /// assert_eq!(scores.get(&*namesake), Some(8));
    /// ```
    #[track_caller]
    pub fn replace_key<P: Pointer<Referent = K>>(&self, owner: &P, value: V) -> Option<V>
    where
        C: CompareKeys<K>,
    {
        self.insert_keeping("replace_key", Keep::New, owner.strong(), SharedValue::new(value))
    }

    /// Inserts `value` under the key that `owner` owns, and returns the value that was replaced.
    ///
    /// Like [`insert`](Self::insert), for generic code, in which the compiler does not know that a
    /// [`StrongOf<K>`](StrongOf) is a [`Pointer`].
    ///
    /// # Panics
    ///
    /// Panics like [`insert`](Self::insert).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{hash::Hash, sync::Arc};
    /// use weakref_core::{Slotted, StrongOf, WeakKeyMap, WeakSet, Weakrefable};
    ///
    /// fn start<K: Weakrefable + Eq + Hash>(players: &WeakSet<K>, scores: &WeakKeyMap<K, u32>) {
    ///     players.for_each(|player: &StrongOf<K>| {
    ///         scores.insert_strong(player, 0);
    ///     });
    /// }
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::new();
    /// start(&WeakSet::from([ann.clone()]), &scores);
    /// assert_eq!(scores.get("Ann"), Some(0));
    /// ```
    #[track_caller]
    pub fn insert_strong(&self, owner: &StrongOf<K>, value: V) -> Option<V>
    where
        C: CompareKeys<K>,
    {
        self.insert_keeping("insert_strong", Keep::First, owner, SharedValue::new(value))
    }

    /// Inserts `value` under the key that `owner` owns, unless the map contains an equal key.
    ///
    /// # Errors
    ///
    /// Returns an error if there is an equal key that is alive. It has the entry, with the key that
    /// was not inserted, and `value`.
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
    /// assert!(scores.try_insert(&ann, 7).is_ok());
    ///
    /// let error = scores.try_insert(&ann, 8).unwrap_err();
    /// assert_eq!((error.entry.get(), error.value), (Some(7), 8));
    /// ```
    #[track_caller]
    pub fn try_insert<P: Pointer<Referent = K>>(
        &self,
        owner: &P,
        value: V,
    ) -> Result<(), OccupiedError<'_, Self>>
    where
        C: CompareKeys<K>,
    {
        let owner = owner.strong();
        let mut search = Search::new(&self.hasher, &**owner);
        let mut value = Some(SharedValue::new(value));
        let Inserted { found, replaced } = {
            let mut guard = self.shards.lock_to_insert(search.hash);
            Self::put(&mut guard, &mut search, Keep::Entry, owner, &mut value)
        };
        drop(replaced.map(Removed::into_owners));
        let Some(living) = found else { return Ok(()) };
        // Nothing else has a handle of the value, so this does not wait.
        let value = value.and_then(|value| value.take("try_insert"));
        let Some(value) = value else { unreachable!("the value has not been inserted") };
        let entry = OccupiedEntry { map: self, key: owner.clone(), living };
        Err(OccupiedError { entry, value })
    }

    #[inline]
    #[track_caller]
    pub(super) fn insert_keeping(
        &self,
        method: &str,
        keep: Keep,
        owner: &StrongOf<K>,
        value: SharedValue<K::Flavor, V>,
    ) -> Option<V>
    where
        C: Lookup<K, K>,
    {
        let mut search = Search::new(&self.hasher, &**owner);
        let mut value = Some(value);
        let replaced = {
            let mut guard = self.shards.lock_to_insert(search.hash);
            Self::put(&mut guard, &mut search, keep, owner, &mut value).replaced
        };
        value_of(replaced?).take(method)
    }

    /// Inserts a value. `value` is `Some`. It is taken only after the search: if `Eq` panics, the
    /// caller drops the value, after the shard is unlocked.
    #[inline]
    pub(super) fn put(
        guard: &mut ShardGuard<'_, K::Flavor, KeyRecord<K, V>>,
        search: &mut Search<'_, K, K>,
        keep: Keep,
        owner: &StrongOf<K>,
        value: &mut Option<SharedValue<K::Flavor, V>>,
    ) -> Inserted<K::Flavor, KeyRecord<K, V>>
    where
        C: Lookup<K, K>,
    {
        let hash = search.hash;
        let new = |registrar: &mut Registrar<'_, _, _>, value| {
            let header = RecordHeader::new(hash, registrar.register::<K>(owner));
            KeyRecord { header, key: K::Flavor::downgrade(owner), value }
        };
        let (found, mut registrar) = guard.search(hash, search.by::<C>());
        let location = match found {
            Found::Vacant(vacant) => {
                let Some(value) = value.take() else { unreachable!("the caller has a value") };
                vacant.insert(new(&mut registrar, value));
                return Inserted { found: None, replaced: None };
            }
            Found::Occupied(location) => location,
        };
        if keep == Keep::Entry
            && let Some(there) = search.upgrade(guard.found(location))
        {
            return Inserted { found: Some(there), replaced: None };
        }
        let Some(value) = value.take() else { unreachable!("the caller has a value") };
        let replaced = if keep == Keep::New {
            let old = guard.remove_at(location, RemovalCause::Replaced);
            let record = new(&mut guard.registrar(hash), value);
            guard.insert(record);
            old
        } else {
            // The key stays, and so does its registration.
            let record = guard.found_mut(location);
            let value = std::mem::replace(&mut record.value, value);
            let header = RecordHeader::new(hash, NO_PLACE);
            let old = KeyRecord { header, key: record.key.clone(), value };
            guard.replaced(old)
        };
        Inserted { found: None, replaced: Some(replaced) }
    }

    #[track_caller]
    pub(super) fn put_pair(&self, owner: &StrongOf<K>, value: V)
    where
        C: Lookup<K, K>,
    {
        self.insert_keeping("insert", Keep::First, owner, SharedValue::new(value));
    }
}
