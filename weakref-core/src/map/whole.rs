//! `WeakValueMap` as a whole: its size, and visits of all its entries.

use super::{
    iter::{Iter, Keys, Values},
    lease::Lease,
    table::Entry,
    value::WeakValueMap,
};
use crate::{StrongOf, WeakRef, Weakrefable};

impl<K, V: ?Sized + Weakrefable, S> WeakValueMap<K, V, S> {
    /// Returns the hasher.
    /// # Examples
    ///
    /// ```
    /// use std::hash::RandomState;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<u32, Slotted<u32, Local>>::new();
    /// let _hasher: &RandomState = map.hasher();
    /// ```
    pub fn hasher(&self) -> &S {
        &self.hasher
    }

    /// Returns the number of entries. O(number of shards).
    ///
    /// Exact, unless another thread is inside the map.
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone()), ("b", value.clone())]);
    /// assert_eq!(map.len(), 2);
    /// drop(value);
    /// assert_eq!(map.len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.shards.each().map(|shard| shard.entries.len()).sum()
    }

    /// Returns whether there is no entry. O(number of shards).
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// assert!(!map.is_empty());
    /// drop(value);
    /// assert!(map.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.shards.each().all(|shard| shard.entries.is_empty())
    }

    /// Returns how many entries the tables have room for, all together.
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<u32, Slotted<u32>>::with_capacity(100);
    /// assert!(map.capacity() >= 100);
    /// ```
    pub fn capacity(&self) -> usize {
        self.shards.each().map(|shard| shard.entries.capacity()).sum()
    }

    /// Makes room for `additional` more entries, spread over the shards, and keeps that room when
    /// entries go.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<u32, Slotted<u32>>::new();
    /// map.reserve(100);
    /// assert!(map.capacity() >= 100);
    /// ```
    ///
    /// # Panics
    ///
    /// If the new capacity is too large to allocate.
    pub fn reserve(&self, additional: usize) {
        let each = additional.div_ceil(self.shards.count());
        self.shards.each().for_each(|mut shard| shard.reserve(each));
    }

    /// Gives back the room that is not needed, reserved or not.
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<u32, Slotted<u32>>::with_capacity(100);
    /// map.shrink_to_fit();
    /// assert_eq!(map.capacity(), 0);
    /// ```
    pub fn shrink_to_fit(&self) {
        self.shards.each().for_each(|mut shard| shard.shrink_to_fit());
    }

    /// Removes all entries. Their values live on if somebody owns them.
    ///
    /// In `Shared`, one shard after the other: what another thread inserts meanwhile may stay.
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// map.clear();
    /// assert!(map.is_empty());
    /// assert_eq!(**value, 7);
    /// ```
    pub fn clear(&self) {
        for number in 0..self.shards.count() {
            let _entries = self.shards.enter_shard(number).take_all();
        }
    }

    /// Calls `f` with each living entry.
    ///
    /// Nothing is locked meanwhile: `f` may use the map. It sees each shard as it was when its turn
    /// came; the values live at least as long as `f` is at their shard.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(1));
    /// let map = WeakValueMap::from([("a", value.clone()), ("b", value.clone())]);
    /// let mut sum = 0;
    /// map.for_each(|_, value| sum += ***value);
    /// assert_eq!(sum, 2);
    /// ```
    pub fn for_each(&self, mut f: impl FnMut(&K, &StrongOf<V>)) {
        self.all(|key, owner| {
            f(key, owner);
            true
        });
    }

    /// As `for_each`, up to the first entry that `f` refuses.
    pub(super) fn all(&self, mut f: impl FnMut(&K, &StrongOf<V>) -> bool) -> bool {
        let mut all =
            |number| Lease::all(&self.shards, number).iter().all(|(key, owner)| f(key, owner));
        (0..self.shards.count()).all(&mut all)
    }

    /// Removes the living entries that `keep` refuses.
    ///
    /// Nothing is locked while `keep` runs: it may use the map. It is asked about each entry as it
    /// was when the turn of its shard came; an entry that has been replaced since is not touched.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(()));
    /// let map: WeakValueMap<_, _> = (0..10).map(|key| (key, value.clone())).collect();
    /// map.retain(|key, _| key % 2 == 0);
    /// assert_eq!(map.len(), 5);
    /// ```
    pub fn retain(&self, mut keep: impl FnMut(&K, &StrongOf<V>) -> bool) {
        for number in 0..self.shards.count() {
            Lease::all(&self.shards, number).retain(&mut keep);
        }
    }

    /// Returns the living entries of this moment, with owners of their values. Later changes of the
    /// map do not disturb it.
    ///
    /// O(n), with one allocation for all; the keys are cloned while nothing is locked.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// for (key, value) in map.iter() {
    ///     map.remove(key);
    ///     assert_eq!((key, **value), ("a", 7));
    /// }
    /// assert!(map.is_empty());
    /// ```
    pub fn iter(&self) -> Iter<K, V>
    where
        K: Clone,
    {
        let mut pairs = Vec::new();
        self.for_each(|key, owner| pairs.push((key.clone(), owner.clone())));
        Iter::new(pairs)
    }

    /// Returns the keys of the living entries of this moment.
    ///
    /// O(n), with one allocation for all; the keys are cloned while nothing is locked.
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// assert!(map.keys().eq(["a"]));
    /// ```
    pub fn keys(&self) -> Keys<K>
    where
        K: Clone,
    {
        let mut keys = Vec::new();
        self.for_each(|key, _| keys.push(key.clone()));
        Keys::new(keys)
    }

    /// Returns owners of the living values of this moment; a value under two keys comes twice.
    ///
    /// O(n), with one allocation for all.
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// assert!(map.values().all(|other| Rc::ptr_eq(&other, &value)));
    /// ```
    pub fn values(&self) -> Values<V> {
        let mut owners = Vec::new();
        for shard in self.shards.each() {
            owners.extend(shard.entries.iter().filter_map(Entry::upgrade));
        }
        Values::new(owners)
    }

    /// Returns weak references to the values: Python's `valuerefs`. Some may be dead when they are
    /// looked at.
    ///
    /// O(n), with one allocation for all; makes no owners.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// let refs = map.value_refs();
    /// drop(value);
    /// assert!(refs[0].is_dead() && map.is_empty());
    /// ```
    pub fn value_refs(&self) -> Vec<WeakRef<V>> {
        let mut refs = Vec::new();
        for shard in self.shards.each() {
            refs.extend(shard.entries.iter().map(|entry| WeakRef::from_weak(entry.weak.clone())));
        }
        refs
    }
}
