//! Conversions, operators and other traits, and `update`.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
    ops::{BitOr, BitOrAssign},
};

use super::WeakValueMap;
use crate::{
    StrongOf, Weakrefable,
    container::{
        shards::Shards,
        snapshot::{IntoIter, Iter},
    },
    flavor::{AsPointer, Stored},
};

impl<K, V: ?Sized + Weakrefable, S> WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    S: BuildHasher,
{
    /// Inserts all `pairs` of a key and an owner: Python's `update`.
    ///
    /// Each owner is dropped after its insertion. If it was the only one, its entry is removed
    /// again. The pairs may have references to owners instead.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let [grass, water] = ["green", "blue"].map(|pixels| Arc::new(Slotted::new(pixels)));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// textures.update([("water", &water)]);
    /// assert_eq!(textures.len(), 2);
    /// ```
    #[track_caller]
    pub fn update<P: AsPointer<V>>(&self, pairs: impl IntoIterator<Item = (K, P)>) {
        for (key, owner) in pairs {
            self.insert_strong(key, owner.as_strong());
        }
    }
}

impl<K, V: ?Sized + Weakrefable, S, P: AsPointer<V>> Extend<(K, P)> for WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    S: BuildHasher,
{
    /// Inserts all pairs. Each owner is dropped after its insertion: an entry whose value has no
    /// other owner is removed again.
    fn extend<I: IntoIterator<Item = (K, P)>>(&mut self, pairs: I) {
        self.update(pairs);
    }
}

impl<K, V: ?Sized + Weakrefable, S, P: AsPointer<V>> FromIterator<(K, P)> for WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    S: BuildHasher,
    K: Stored<V::Flavor>,
    V: Stored<V::Flavor>,
    S: Default,
{
    /// Collects pairs. Each owner is dropped after its insertion: an entry whose value has no other
    /// owner is removed again.
    fn from_iter<I: IntoIterator<Item = (K, P)>>(pairs: I) -> Self {
        let map = Self::default();
        map.update(pairs);
        map
    }
}

impl<K, V, P, const N: usize> From<[(K, P); N]> for WeakValueMap<K, V>
where
    K: Stored<V::Flavor> + Eq + Hash,
    V: ?Sized + Weakrefable + Stored<V::Flavor>,
    P: AsPointer<V>,
{
    /// Inserts all pairs. The array's owners are dropped: an entry whose value has no other owner
    /// is removed again.
    fn from(pairs: [(K, P); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K, V, P> From<Vec<(K, P)>> for WeakValueMap<K, V>
where
    K: Stored<V::Flavor> + Eq + Hash,
    V: ?Sized + Weakrefable + Stored<V::Flavor>,
    P: AsPointer<V>,
{
    /// Inserts all pairs. The vector's owners are dropped: an entry whose value has no other owner
    /// is removed again.
    fn from(pairs: Vec<(K, P)>) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K, V: ?Sized + Weakrefable, S> Default for WeakValueMap<K, V, S>
where
    K: Stored<V::Flavor>,
    V: Stored<V::Flavor>,
    S: Default,
{
    fn default() -> Self {
        Self { shards: Shards::new(), hasher: S::default() }
    }
}

impl<K, V: ?Sized + Weakrefable, S> Clone for WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    S: BuildHasher,
    K: Stored<V::Flavor>,
    V: Stored<V::Flavor>,
    K: Clone,
    S: Clone,
{
    /// Returns a map of the same entries, without the removal listeners. Later changes of one map
    /// do not affect the other.
    #[track_caller]
    fn clone(&self) -> Self {
        let clone = Self { shards: self.shards.new_like(), hasher: self.hasher.clone() };
        self.for_each(|key, value| clone.put_pair(key.clone(), value.clone()));
        clone
    }
}

impl<K, V: ?Sized + Weakrefable, S> IntoIterator for WeakValueMap<K, V, S> {
    type Item = (K, StrongOf<V>);
    type IntoIter = IntoIter<K, StrongOf<V>>;

    /// Consumes the map and returns its entries, with owners of the values, in arbitrary order.
    ///
    /// An entry whose key is still borrowed by a forgotten iterator is not returned.
    #[track_caller]
    fn into_iter(mut self) -> Self::IntoIter {
        let all = self.shards.remove_all_mut().into_iter();
        let pairs = all.filter_map(|removed| {
            let (record, owner) = removed.into_moved()?;
            Some((record.key, owner?))
        });
        let pairs = pairs.collect();
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(self);
        IntoIter::new(pairs)
    }
}

impl<K, V: ?Sized + Weakrefable, S> IntoIterator for &WeakValueMap<K, V, S>
where
    K: Clone,
{
    type Item = (K, StrongOf<V>);
    type IntoIter = Iter<K, StrongOf<V>>;

    #[track_caller]
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K, V: ?Sized + Weakrefable, S> BitOr for &WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    S: BuildHasher,
    K: Stored<V::Flavor>,
    V: Stored<V::Flavor>,
    K: Clone,
    S: Clone,
{
    type Output = WeakValueMap<K, V, S>;

    /// Returns a map of the entries of both. Where both contain a key, the value is that of
    /// `other`.
    #[track_caller]
    fn bitor(self, other: Self) -> Self::Output {
        let mut both = self.clone();
        both |= other;
        both
    }
}

impl<K, V: ?Sized + Weakrefable, S, S2> BitOrAssign<&WeakValueMap<K, V, S2>>
    for WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    S: BuildHasher,
    K: Clone,
{
    /// Inserts the entries of `other`.
    #[track_caller]
    fn bitor_assign(&mut self, other: &WeakValueMap<K, V, S2>) {
        // Collected first, as it may be the same map.
        for (key, value) in other {
            self.put_pair(key, value);
        }
    }
}

impl<K, V: ?Sized + Weakrefable, S, S2> BitOrAssign<&WeakValueMap<K, V, S2>>
    for &WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    S: BuildHasher,
    K: Clone,
{
    /// Inserts the entries of `other`, which may be the same map.
    #[track_caller]
    fn bitor_assign(&mut self, other: &WeakValueMap<K, V, S2>) {
        // Collected first, as it may be the same map.
        for (key, value) in other {
            self.put_pair(key, value);
        }
    }
}

impl<K, V, S> fmt::Debug for WeakValueMap<K, V, S>
where
    K: fmt::Debug,
    V: ?Sized + Weakrefable + fmt::Debug,
{
    /// Formats the entries.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        self.for_each(|key, owner| {
            map.entry(key, &&**owner);
        });
        map.finish()
    }
}
