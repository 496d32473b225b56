//! Conversions, operators and other traits, and `update`.

use std::{
    fmt,
    ops::{BitOr, BitOrAssign},
};

use super::{PairMap, PtrWeakWeakMap, WeakWeakMap};
use crate::{
    StrongOf, Weakrefable,
    container::{
        lookup::Lookup,
        shards::Shards,
        snapshot::{IntoIter, Iter},
    },
    flavor::{AsPointer, Stored},
};

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> PairMap<K, V, C>
where
    C: Lookup<K, K>,
{
    /// Inserts all `pairs` of two owners: Python's `update`.
    ///
    /// Both owners are dropped after the insertion. If one of them was the only one, the entry is
    /// removed again. The pairs may have references to owners instead.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let [one, two] = [1, 2].map(|number| Arc::new(Slotted::new(number)));
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let users = WeakWeakMap::from([(one.clone(), ann.clone())]);
    /// users.update([(&two, &bob)]);
    /// assert_eq!(users.len(), 2);
    /// ```
    #[track_caller]
    pub fn update<P: AsPointer<K>, Q: AsPointer<V>>(
        &self,
        pairs: impl IntoIterator<Item = (P, Q)>,
    ) {
        for (key, value) in pairs {
            self.insert_strong(key.as_strong(), value.as_strong());
        }
    }
}

impl<
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
    C,
    P: AsPointer<K>,
    Q: AsPointer<V>,
> Extend<(P, Q)> for PairMap<K, V, C>
where
    C: Lookup<K, K>,
{
    /// Inserts all pairs. The owners are dropped after the insertion: an entry that holds an
    /// object without another owner is removed again.
    fn extend<I: IntoIterator<Item = (P, Q)>>(&mut self, pairs: I) {
        self.update(pairs);
    }
}

impl<
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
    C,
    P: AsPointer<K>,
    Q: AsPointer<V>,
> FromIterator<(P, Q)> for PairMap<K, V, C>
where
    C: Lookup<K, K>,
    K: Stored<K::Flavor>,
    V: Stored<K::Flavor>,
    C: Default,
{
    /// Collects pairs. The owners are dropped after the insertion: an entry that holds an object
    /// without another owner is removed again.
    fn from_iter<I: IntoIterator<Item = (P, Q)>>(pairs: I) -> Self {
        let map = Self::default();
        map.update(pairs);
        map
    }
}

impl<K, V, P, Q, const N: usize> From<[(P, Q); N]> for WeakWeakMap<K, V>
where
    K: ?Sized + Weakrefable + Stored<K::Flavor>,
    V: ?Sized + Weakrefable<Flavor = K::Flavor> + Stored<K::Flavor>,
    P: AsPointer<K>,
    Q: AsPointer<V>,
    Self: FromIterator<(P, Q)>,
{
    /// Inserts all pairs. The array's owners are dropped: an entry that holds an object without
    /// another owner is removed again.
    fn from(pairs: [(P, Q); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K, V, P, Q> From<Vec<(P, Q)>> for WeakWeakMap<K, V>
where
    K: ?Sized + Weakrefable + Stored<K::Flavor>,
    V: ?Sized + Weakrefable<Flavor = K::Flavor> + Stored<K::Flavor>,
    P: AsPointer<K>,
    Q: AsPointer<V>,
    Self: FromIterator<(P, Q)>,
{
    /// Inserts all pairs. The vector's owners are dropped: an entry that holds an object without
    /// another owner is removed again.
    fn from(pairs: Vec<(P, Q)>) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K, V, P, Q, const N: usize> From<[(P, Q); N]> for PtrWeakWeakMap<K, V>
where
    K: ?Sized + Weakrefable + Stored<K::Flavor>,
    V: ?Sized + Weakrefable<Flavor = K::Flavor> + Stored<K::Flavor>,
    P: AsPointer<K>,
    Q: AsPointer<V>,
{
    /// Inserts all pairs. The array's owners are dropped: an entry that holds an object without
    /// another owner is removed again.
    fn from(pairs: [(P, Q); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K, V, P, Q> From<Vec<(P, Q)>> for PtrWeakWeakMap<K, V>
where
    K: ?Sized + Weakrefable + Stored<K::Flavor>,
    V: ?Sized + Weakrefable<Flavor = K::Flavor> + Stored<K::Flavor>,
    P: AsPointer<K>,
    Q: AsPointer<V>,
{
    /// Inserts all pairs. The vector's owners are dropped: an entry that holds an object without
    /// another owner is removed again.
    fn from(pairs: Vec<(P, Q)>) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> Default
    for PairMap<K, V, C>
where
    K: Stored<K::Flavor>,
    V: Stored<K::Flavor>,
    C: Default,
{
    fn default() -> Self {
        Self { shards: Shards::new(), hasher: C::default() }
    }
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> Clone
    for PairMap<K, V, C>
where
    C: Lookup<K, K>,
    K: Stored<K::Flavor>,
    V: Stored<K::Flavor>,
    C: Clone,
{
    /// Returns a map of the same entries, without the removal listeners. Later changes of one map
    /// do not affect the other.
    #[track_caller]
    fn clone(&self) -> Self {
        let clone = Self { shards: self.shards.new_like(), hasher: self.hasher.clone() };
        self.for_each(|key, value| clone.put_pair(key, value));
        clone
    }
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> IntoIterator
    for PairMap<K, V, C>
{
    type Item = (StrongOf<K>, StrongOf<V>);
    type IntoIter = IntoIter<StrongOf<K>, StrongOf<V>>;

    /// Consumes the map and returns owners of its keys and values, in arbitrary order.
    #[track_caller]
    fn into_iter(self) -> Self::IntoIter {
        let all = self.take_all();
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(self);
        IntoIter::new(all)
    }
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> IntoIterator
    for &PairMap<K, V, C>
{
    type Item = (StrongOf<K>, StrongOf<V>);
    type IntoIter = Iter<StrongOf<K>, StrongOf<V>>;

    #[track_caller]
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> BitOr
    for &PairMap<K, V, C>
where
    C: Lookup<K, K>,
    K: Stored<K::Flavor>,
    V: Stored<K::Flavor>,
    C: Clone,
{
    type Output = PairMap<K, V, C>;

    /// Returns a map of the entries of both. Where both contain a key, the value is that of
    /// `other`.
    #[track_caller]
    fn bitor(self, other: Self) -> Self::Output {
        let mut both = self.clone();
        both |= other;
        both
    }
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C, C2>
    BitOrAssign<&PairMap<K, V, C2>> for PairMap<K, V, C>
where
    C: Lookup<K, K>,
{
    /// Inserts the entries of `other`.
    #[track_caller]
    fn bitor_assign(&mut self, other: &PairMap<K, V, C2>) {
        // Collected first, as it may be the same map.
        for (key, value) in other {
            self.put_pair(&key, &value);
        }
    }
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C, C2>
    BitOrAssign<&PairMap<K, V, C2>> for &PairMap<K, V, C>
where
    C: Lookup<K, K>,
{
    /// Inserts the entries of `other`, which may be the same map.
    #[track_caller]
    fn bitor_assign(&mut self, other: &PairMap<K, V, C2>) {
        // Collected first, as it may be the same map.
        for (key, value) in other {
            self.put_pair(&key, &value);
        }
    }
}

impl<K, V, C> fmt::Debug for PairMap<K, V, C>
where
    K: ?Sized + Weakrefable + fmt::Debug,
    V: ?Sized + Weakrefable<Flavor = K::Flavor> + fmt::Debug,
{
    /// Formats the entries.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        self.for_each(|key, value| {
            map.entry(&&**key, &&**value);
        });
        map.finish()
    }
}
