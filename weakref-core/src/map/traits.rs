//! std's traits for `WeakValueMap`.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
};

use super::{
    iter::{IntoIter, Iter},
    table::Entry,
    value::{MapKey, WeakValueMap},
};
use crate::{Pointer, StrongOf, Weakrefable};

impl<K, V, S> Default for WeakValueMap<K, V, S>
where
    K: MapKey<V, V::Flavor>,
    V: ?Sized + Weakrefable,
    S: Default,
{
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

impl<K, V, S> Clone for WeakValueMap<K, V, S>
where
    K: MapKey<V, V::Flavor> + Eq + Hash + Clone,
    V: ?Sized + Weakrefable,
    S: BuildHasher + Clone,
{
    /// Returns an independent map of the entries that live now, which cleans itself too.
    fn clone(&self) -> Self {
        let clone = Self::with_hasher(self.hasher.clone());
        self.for_each(|key, owner| {
            clone.insert_strong(key.clone(), owner);
        });
        clone
    }
}

impl<K, V, S> PartialEq for WeakValueMap<K, V, S>
where
    K: MapKey<V, V::Flavor> + Eq + Hash,
    V: ?Sized + Weakrefable + PartialEq,
    S: BuildHasher,
{
    /// Compares the living entries of the two, by the values' own equality.
    fn eq(&self, other: &Self) -> bool {
        let mut count = 0;
        let all = self.all(|key, mine| {
            count += 1;
            other.get(key).is_some_and(|theirs| **mine == *theirs)
        });
        all && count == other.values().len()
    }
}

impl<K, V, S> Eq for WeakValueMap<K, V, S>
where
    K: MapKey<V, V::Flavor> + Eq + Hash,
    V: ?Sized + Weakrefable + Eq,
    S: BuildHasher,
{
}

impl<K, V, S> fmt::Debug for WeakValueMap<K, V, S>
where
    K: fmt::Debug,
    V: ?Sized + Weakrefable + fmt::Debug,
{
    /// Writes the living entries.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        self.for_each(|key, owner| {
            map.entry(key, &&**owner);
        });
        map.finish()
    }
}

impl<K, V, S, P> Extend<(K, P)> for WeakValueMap<K, V, S>
where
    K: MapKey<V, V::Flavor> + Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
    P: Pointer<Referent = V>,
{
    /// Inserts all pairs. Entries whose owner came with the pair, and was the only one, go at once.
    fn extend<I: IntoIterator<Item = (K, P)>>(&mut self, pairs: I) {
        for (key, owner) in pairs {
            self.insert(key, &owner);
        }
    }
}

impl<K, V, S, P> FromIterator<(K, P)> for WeakValueMap<K, V, S>
where
    K: MapKey<V, V::Flavor> + Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher + Default,
    P: Pointer<Referent = V>,
{
    /// Collects pairs of keys and owners. The map does not own the values: what nobody else owns is
    /// gone again at once.
    fn from_iter<I: IntoIterator<Item = (K, P)>>(pairs: I) -> Self {
        let mut map = Self::default();
        map.extend(pairs);
        map
    }
}

impl<K, V, P, const N: usize> From<[(K, P); N]> for WeakValueMap<K, V>
where
    K: MapKey<V, V::Flavor> + Eq + Hash,
    V: ?Sized + Weakrefable,
    P: Pointer<Referent = V>,
{
    /// Inserts owners that somebody else has too: the array's own are dropped.
    fn from(pairs: [(K, P); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K: Clone, V: ?Sized + Weakrefable, S> IntoIterator for &WeakValueMap<K, V, S> {
    type Item = (K, StrongOf<V>);
    type IntoIter = Iter<K, V>;

    fn into_iter(self) -> Iter<K, V> {
        self.iter()
    }
}

impl<K, V: ?Sized + Weakrefable, S> IntoIterator for WeakValueMap<K, V, S> {
    type Item = (K, StrongOf<V>);
    type IntoIter = IntoIter<K, V>;

    /// Returns the living entries, and dissolves the map.
    fn into_iter(self) -> IntoIter<K, V> {
        let mut pairs = Vec::with_capacity(self.len());
        for number in 0..self.shards.count() {
            let entries = self.shards.enter_shard(number).take_all();
            pairs.extend(entries.into_iter().filter_map(|(entry, owner)| {
                let Ok(key) = entry.into_cell().into_key() else {
                    unreachable!("whoever borrows a key borrows the map")
                };
                Some((key, owner?))
            }));
        }
        IntoIter::new(pairs)
    }
}
