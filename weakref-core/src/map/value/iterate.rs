//! Iteration, and snapshots.

use super::WeakValueMap;
use crate::{
    StrongOf, WeakRef, Weakrefable,
    container::{
        snapshot::{Iter, Keys, Values},
        walk::Walk,
    },
};

impl<K, V: ?Sized + Weakrefable, S> WeakValueMap<K, V, S> {
    /// Calls `f` with each entry, in arbitrary order.
    ///
    /// Nothing is locked while `f` runs. See [iteration](Self#iteration) for what it sees.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let [grass, water] = [10, 20].map(|size| Arc::new(Slotted::new(size)));
    /// let textures = WeakValueMap::from([("grass", grass.clone()), ("water", water.clone())]);
    /// let mut size = 0;
    /// textures.for_each(|_name, texture| size += ***texture);
    /// assert_eq!(size, 30);
    /// ```
    #[track_caller]
    pub fn for_each(&self, mut f: impl FnMut(&K, &StrongOf<V>)) {
        self.all(|key, value| {
            f(key, value);
            true
        });
    }

    /// Calls `f` with each entry, until it returns `false`. Returns whether it never did.
    #[track_caller]
    pub(super) fn all(&self, mut f: impl FnMut(&K, &StrongOf<V>) -> bool) -> bool {
        Walk::new(&self.shards).all(|visited| f(visited.key(), &visited.strong))
    }

    /// Returns the entries of the map at this moment, in arbitrary order.
    ///
    /// The iterator has clones of the keys and owners of the values. Later changes of the map do
    /// not affect it.
    ///
    /// Takes time proportional to the number of entries, and allocates a list of them. The keys are
    /// cloned while nothing is locked.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// for (name, texture) in textures.iter() {
    ///     assert_eq!(textures.remove(name), Some(texture));
    /// }
    /// assert!(textures.is_empty());
    /// ```
    #[track_caller]
    pub fn iter(&self) -> Iter<K, StrongOf<V>>
    where
        K: Clone,
    {
        let mut pairs = Vec::new();
        let mut walk = Walk::new(&self.shards);
        while let Some(visited) = walk.next() {
            pairs.push((visited.key().clone(), visited.strong));
        }
        Iter::new(pairs)
    }

    /// Returns clones of the keys of the map at this moment, in arbitrary order.
    ///
    /// Takes time proportional to the number of entries, and allocates a list of them. The keys are
    /// cloned while nothing is locked.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert!(textures.keys().eq(["grass"]));
    /// ```
    #[track_caller]
    pub fn keys(&self) -> Keys<K>
    where
        K: Clone,
    {
        let mut keys = Vec::new();
        self.for_each(|key, _| keys.push(key.clone()));
        Keys::new(keys)
    }

    /// Returns owners of the values of the map at this moment, in arbitrary order.
    ///
    /// A value under two keys is returned twice. Takes time proportional to the number of entries,
    /// and allocates a list of them.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert!(textures.values().eq([grass]));
    /// ```
    #[track_caller]
    pub fn values(&self) -> Values<StrongOf<V>> {
        Values::new(self.shards.upgrade_all())
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
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// let refs = textures.value_refs();
    /// assert_eq!(refs[0].upgrade(), Some(grass.clone()));
    /// drop(grass);
    /// assert!(refs[0].is_dead());
    /// ```
    #[doc(alias = "valuerefs")]
    #[track_caller]
    pub fn value_refs(&self) -> Vec<WeakRef<V>> {
        self.shards.collect(|record| record.weak().cloned().map(WeakRef::from_weak))
    }

    /// Consumes the map and returns the keys of its entries, in arbitrary order.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert!(textures.into_keys().eq(["grass"]));
    /// ```
    #[track_caller]
    pub fn into_keys(self) -> Keys<K> {
        Keys::new(self.into_iter().map(|(key, _)| key).collect())
    }

    /// Consumes the map and returns owners of its values, in arbitrary order.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert!(textures.into_values().eq([grass]));
    /// ```
    #[track_caller]
    pub fn into_values(self) -> Values<StrongOf<V>> {
        Values::new(self.into_iter().map(|(_, value)| value).collect())
    }
}
