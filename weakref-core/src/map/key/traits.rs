//! Conversions, operators and other traits, and `update`.

use std::{
    fmt,
    ops::{BitOr, BitOrAssign},
};

use super::{KeyAndValue, KeyMap, PtrWeakKeyMap, WeakKeyMap};
use crate::{
    StrongOf, Weakrefable,
    container::{
        lookup::Lookup,
        shards::Shards,
        shared_value::SharedValue,
        snapshot::{IntoIter, Iter},
        table::Keep,
    },
    flavor::{AsPointer, Stored},
};

impl<K: ?Sized + Weakrefable, V, C> KeyMap<K, V, C>
where
    C: Lookup<K, K>,
{
    /// Inserts all `pairs` of an owner and a value: Python's `update`.
    ///
    /// Each owner is dropped after its insertion. If it was the only one, its entry is removed
    /// again. The pairs may have references to owners instead.
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
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// scores.update([(&bob, 8)]);
    /// assert_eq!(scores.len(), 2);
    /// ```
    #[track_caller]
    pub fn update<P: AsPointer<K>>(&self, pairs: impl IntoIterator<Item = (P, V)>) {
        for (owner, value) in pairs {
            self.insert_keeping("update", Keep::First, owner.as_strong(), SharedValue::new(value));
        }
    }
}

impl<K: ?Sized + Weakrefable, V, C, P: AsPointer<K>> Extend<(P, V)> for KeyMap<K, V, C>
where
    C: Lookup<K, K>,
{
    /// Inserts all pairs. Each owner is dropped after its insertion: an entry whose key has no
    /// other owner is removed again.
    fn extend<I: IntoIterator<Item = (P, V)>>(&mut self, pairs: I) {
        self.update(pairs);
    }
}

impl<K: ?Sized + Weakrefable, V, C, P: AsPointer<K>> FromIterator<(P, V)> for KeyMap<K, V, C>
where
    C: Lookup<K, K>,
    K: Stored<K::Flavor>,
    V: Stored<K::Flavor>,
    C: Default,
{
    /// Collects pairs. Each owner is dropped after its insertion: an entry whose key has no other
    /// owner is removed again.
    fn from_iter<I: IntoIterator<Item = (P, V)>>(pairs: I) -> Self {
        let map = Self::default();
        map.update(pairs);
        map
    }
}

impl<K, V, P, const N: usize> From<[(P, V); N]> for WeakKeyMap<K, V>
where
    K: ?Sized + Weakrefable + Stored<K::Flavor>,
    V: Stored<K::Flavor>,
    P: AsPointer<K>,
    Self: FromIterator<(P, V)>,
{
    /// Inserts all pairs. The array's owners are dropped: an entry whose key has no other owner is
    /// removed again.
    fn from(pairs: [(P, V); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K, V, P> From<Vec<(P, V)>> for WeakKeyMap<K, V>
where
    K: ?Sized + Weakrefable + Stored<K::Flavor>,
    V: Stored<K::Flavor>,
    P: AsPointer<K>,
    Self: FromIterator<(P, V)>,
{
    /// Inserts all pairs. The vector's owners are dropped: an entry whose key has no other owner is
    /// removed again.
    fn from(pairs: Vec<(P, V)>) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K, V, P, const N: usize> From<[(P, V); N]> for PtrWeakKeyMap<K, V>
where
    K: ?Sized + Weakrefable + Stored<K::Flavor>,
    V: Stored<K::Flavor>,
    P: AsPointer<K>,
{
    /// Inserts all pairs. The array's owners are dropped: an entry whose key has no other owner is
    /// removed again.
    fn from(pairs: [(P, V); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K, V, P> From<Vec<(P, V)>> for PtrWeakKeyMap<K, V>
where
    K: ?Sized + Weakrefable + Stored<K::Flavor>,
    V: Stored<K::Flavor>,
    P: AsPointer<K>,
{
    /// Inserts all pairs. The vector's owners are dropped: an entry whose key has no other owner is
    /// removed again.
    fn from(pairs: Vec<(P, V)>) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K: ?Sized + Weakrefable, V, C> Default for KeyMap<K, V, C>
where
    K: Stored<K::Flavor>,
    V: Stored<K::Flavor>,
    C: Default,
{
    fn default() -> Self {
        Self { shards: Shards::new(), hasher: C::default() }
    }
}

impl<K: ?Sized + Weakrefable, V, C> Clone for KeyMap<K, V, C>
where
    C: Lookup<K, K>,
    K: Stored<K::Flavor>,
    V: Stored<K::Flavor>,
    V: Clone,
    C: Clone,
{
    /// Returns a map of the same entries, without the removal listeners. Later changes of one map
    /// do not affect the other.
    #[track_caller]
    fn clone(&self) -> Self {
        let clone = Self { shards: self.shards.new_like(), hasher: self.hasher.clone() };
        self.all("clone", |key, value| {
            clone.put_pair(key, value.clone());
            true
        });
        clone
    }
}

impl<K: ?Sized + Weakrefable, V, C> IntoIterator for KeyMap<K, V, C> {
    type Item = (StrongOf<K>, V);
    type IntoIter = IntoIter<StrongOf<K>, V>;

    /// Consumes the map and returns its entries, with owners of the keys, in arbitrary order.
    #[track_caller]
    fn into_iter(self) -> Self::IntoIter {
        let all = self.take_all("into_iter");
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(self);
        IntoIter::new(all)
    }
}

impl<K: ?Sized + Weakrefable, V, C> IntoIterator for &KeyMap<K, V, C>
where
    V: Clone,
{
    type Item = (StrongOf<K>, V);
    type IntoIter = Iter<StrongOf<K>, V>;

    #[track_caller]
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: ?Sized + Weakrefable, V, C> BitOr for &KeyMap<K, V, C>
where
    C: Lookup<K, K>,
    K: Stored<K::Flavor>,
    V: Stored<K::Flavor>,
    V: Clone,
    C: Clone,
{
    type Output = KeyMap<K, V, C>;

    /// Returns a map of the entries of both. Where both contain a key, the value is that of
    /// `other`.
    #[track_caller]
    fn bitor(self, other: Self) -> Self::Output {
        let mut both = self.clone();
        both |= other;
        both
    }
}

impl<K: ?Sized + Weakrefable, V, C, C2> BitOrAssign<&KeyMap<K, V, C2>> for KeyMap<K, V, C>
where
    C: Lookup<K, K>,
    V: Clone,
{
    /// Inserts the entries of `other`.
    #[track_caller]
    fn bitor_assign(&mut self, other: &KeyMap<K, V, C2>) {
        // Collected first, as it may be the same map.
        for (key, value) in other {
            self.put_pair(&key, value);
        }
    }
}

impl<K: ?Sized + Weakrefable, V, C, C2> BitOrAssign<&KeyMap<K, V, C2>> for &KeyMap<K, V, C>
where
    C: Lookup<K, K>,
    V: Clone,
{
    /// Inserts the entries of `other`, which may be the same map.
    #[track_caller]
    fn bitor_assign(&mut self, other: &KeyMap<K, V, C2>) {
        // Collected first, as it may be the same map.
        for (key, value) in other {
            self.put_pair(&key, value);
        }
    }
}

impl<K, V, C> fmt::Debug for KeyMap<K, V, C>
where
    K: ?Sized + Weakrefable + fmt::Debug,
    V: fmt::Debug,
{
    /// Formats the entries, with `<locked>` for a value that a closure is changing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for KeyAndValue { key, value } in self.shards.upgrade_by_shard().flatten() {
            match value.try_read() {
                Ok(value) => {
                    value.with(|value| {
                        map.entry(&&*key, value);
                    });
                }
                Err(_) => {
                    map.entry(&&*key, &format_args!("<locked>"));
                }
            }
        }
        map.finish()
    }
}
