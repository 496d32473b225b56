//! Lookup and removal by a key.

use std::hash::{BuildHasher, Hash};

use equivalent::Equivalent;

use super::WeakValueMap;
use crate::{
    RemovalCause, StrongOf, WeakRef, Weakrefable,
    container::{
        pin::BorrowedKey,
        record::{Record, truncate_hash},
    },
};

impl<K, V, S> WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    pub(super) fn hash<Q: Hash + ?Sized>(&self, key: &Q) -> u32 {
        truncate_hash(self.hasher.hash_one(key))
    }

    /// Returns an owner of the value under `key`.
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
    /// let textures = WeakValueMap::from([(String::from("grass"), grass.clone())]);
    /// assert!(Arc::ptr_eq(&textures.get("grass").unwrap(), &grass));
    /// assert!(textures.get("water").is_none());
    /// ```
    #[inline]
    #[track_caller]
    pub fn get<Q>(&self, key: &Q) -> Option<StrongOf<V>>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.get_hashed(self.hash(key), key)
    }

    /// Like [`get`](Self::get), of a key whose hash is known.
    #[inline]
    #[track_caller]
    pub(super) fn get_hashed<Q>(&self, hash: u32, key: &Q) -> Option<StrongOf<V>>
    where
        Q: Equivalent<K> + ?Sized,
    {
        let guard = self.shards.lock(hash)?;
        guard.find(hash, |other| key.equivalent(other))?.upgrade().ok()
    }

    /// Returns an owner of the value whose key has this hash, and is accepted by `is_match`.
    ///
    /// `hash` is the hash of the key by the map's [`hasher`](Self::hasher). `is_match` is called in
    /// the middle of the search with the keys that have it, and perhaps with others, until it
    /// returns `true`. This is a lookup for a caller that has the hash already, or that compares
    /// what is not [`Equivalent`] to a key.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](Self#re-entrancy) from `K`'s `Eq`. `is_match` must not use
    /// the map either.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{hash::BuildHasher, sync::Arc};
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// let hash = textures.hasher().hash_one("grass");
    /// assert_eq!(textures.get_by_hash(hash, |key| *key == "grass"), Some(grass));
    /// assert_eq!(textures.get_by_hash(hash, |key| *key == "water"), None);
    /// ```
    #[doc(alias = "raw_entry", alias = "find")]
    #[track_caller]
    pub fn get_by_hash(
        &self,
        hash: u64,
        mut is_match: impl FnMut(&K) -> bool,
    ) -> Option<StrongOf<V>> {
        let hash = truncate_hash(hash);
        let guard = self.shards.lock(hash)?;
        // Borrowed, so that it is dropped after the shard has been unlocked.
        guard.find(hash, &mut is_match)?.upgrade().ok()
    }

    /// Returns a clone of the map's key that equals `key`, and an owner of its value.
    ///
    /// The key is cloned while nothing is locked.
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
    /// let textures = WeakValueMap::from([(String::from("grass"), grass.clone())]);
    /// assert_eq!(textures.get_key_value("grass"), Some((String::from("grass"), grass)));
    /// ```
    #[track_caller]
    pub fn get_key_value<Q>(&self, key: &Q) -> Option<(K, StrongOf<V>)>
    where
        K: Clone,
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let hash = self.hash(key);
        let mut guard = self.shards.lock(hash)?;
        let location = guard.locate_key(hash, |other| key.equivalent(other))?;
        let owner = guard.found(location).owners()?;
        let borrowed = BorrowedKey::new(&mut guard, location);
        drop(guard);
        let key = borrowed.get().clone();
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(borrowed);
        Some((key, owner))
    }

    /// Returns a weak reference to the value under `key`. Makes no owner of the value.
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
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// let weak = textures.get_weak("grass").unwrap();
    /// assert_eq!(Arc::strong_count(&grass), 1);
    /// assert!(weak.refers_to(&grass));
    /// ```
    #[track_caller]
    pub fn get_weak<Q>(&self, key: &Q) -> Option<WeakRef<V>>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let hash = self.hash(key);
        let guard = self.shards.lock(hash)?;
        let record = guard.find(hash, |other| key.equivalent(other))?;
        if record.is_dead() { None } else { record.weak().cloned().map(WeakRef::from_weak) }
    }

    /// Returns `true` if the map contains a value under `key`.
    ///
    /// Makes no owner of the value.
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
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert!(textures.contains_key("grass"));
    /// drop(grass);
    /// assert!(!textures.contains_key("grass"));
    /// ```
    #[track_caller]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let hash = self.hash(key);
        let Some(guard) = self.shards.lock(hash) else { return false };
        let found = guard.find(hash, |other| key.equivalent(other));
        found.is_some_and(|record| !record.is_dead())
    }

    /// Removes the entry under `key`, and returns an owner of its value.
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
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert_eq!(textures.remove("grass"), Some(grass));
    /// assert_eq!(textures.remove("grass"), None);
    /// ```
    #[doc(alias = "pop")]
    #[track_caller]
    pub fn remove<Q>(&self, key: &Q) -> Option<StrongOf<V>>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let hash = self.hash(key);
        let removed = self.shards.lock(hash)?.remove_key(hash, |other| key.equivalent(other));
        removed?.into_owners()
    }

    /// Removes the entry under `key`, and returns its key and an owner of its value.
    ///
    /// The key is moved out of the map. It is cloned only if an [iteration](Self#iteration), or
    /// another call that clones a key, is using that part of the map at the moment.
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
    /// let textures = WeakValueMap::from([(String::from("grass"), grass.clone())]);
    /// assert_eq!(textures.remove_entry("grass"), Some((String::from("grass"), grass)));
    /// ```
    #[track_caller]
    pub fn remove_entry<Q>(&self, key: &Q) -> Option<(K, StrongOf<V>)>
    where
        K: Clone,
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let hash = self.hash(key);
        let mut guard = self.shards.lock(hash)?;
        let location = guard.locate_key(hash, |other| key.equivalent(other))?;
        let removed = guard.remove_entry_at(location);
        drop(guard);
        let (key, owner) = removed.into_key(|record| record.key);
        Some((key, owner?))
    }

    /// Removes the entry under `key` if `condition` returns `true` for its value, and returns an
    /// owner of the value.
    ///
    /// Nothing is locked while `condition` runs. If the value is replaced meanwhile, nothing is
    /// removed.
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
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert_eq!(textures.remove_if("grass", |texture| texture.is_empty()), None);
    /// assert_eq!(textures.remove_if("grass", |texture| texture.len() == 6), Some(grass));
    /// assert!(textures.is_empty());
    /// ```
    #[track_caller]
    pub fn remove_if<Q>(
        &self,
        key: &Q,
        condition: impl FnOnce(&StrongOf<V>) -> bool,
    ) -> Option<StrongOf<V>>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let hash = self.hash(key);
        let owner = self.get_hashed(hash, key)?;
        if condition(&owner) { self.remove_exactly(hash, key, &owner) } else { None }
    }

    /// Removes the entry under `key`, unless it has another value than this.
    #[track_caller]
    pub(super) fn remove_exactly<Q>(
        &self,
        hash: u32,
        key: &Q,
        owner: &StrongOf<V>,
    ) -> Option<StrongOf<V>>
    where
        Q: Equivalent<K> + ?Sized,
    {
        let removed = {
            let mut guard = self.shards.lock(hash)?;
            let location = guard.locate_key(hash, |other| key.equivalent(other))?;
            if !guard.found(location).refers_to((&raw const **owner).cast()) {
                return None;
            }
            guard.remove_at(location, RemovalCause::Removed)
        };
        removed.into_owners()
    }
}
