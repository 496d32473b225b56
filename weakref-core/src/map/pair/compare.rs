//! Comparison with another map.

use super::PairMap;
use crate::{StrongOf, Weakrefable, container::lookup::Lookup};

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> PairMap<K, V, C>
where
    C: Lookup<K, K>,
{
    /// Returns `true` if `other` contains each key of this map, with an equal value.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// let empty = WeakWeakMap::new();
    /// assert!(empty.is_submap(&users));
    /// assert!(!users.is_submap(&empty));
    /// ```
    #[track_caller]
    pub fn is_submap<C2>(&self, other: &PairMap<K, V, C2>) -> bool
    where
        V: PartialEq,
        C2: Lookup<K, K>,
    {
        self.is_submap_with(other, |mine: &StrongOf<V>, theirs: &StrongOf<V>| **mine == **theirs)
    }

    /// Returns `true` if `other` contains each key of this map, with a value that `fits`.
    ///
    /// `fits` is called with this map's value and the other's, while nothing is locked.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(1));
    /// let [ann, anna] = ["Ann", "Anna"].map(|name| Arc::new(Slotted::new(name)));
    /// let short = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// let long = WeakWeakMap::from([(session.clone(), anna.clone())]);
    /// assert!(short.is_submap_with(&long, |short, long| long.starts_with(***short)));
    /// ```
    #[track_caller]
    pub fn is_submap_with<C2>(
        &self,
        other: &PairMap<K, V, C2>,
        mut fits: impl FnMut(&StrongOf<V>, &StrongOf<V>) -> bool,
    ) -> bool
    where
        C2: Lookup<K, K>,
    {
        other.shards.assert_usable();
        self.all(|key, mine| other.get(&**key).is_some_and(|theirs| fits(mine, &theirs)))
    }

    /// Returns `true` if `other` contains each key of this map, whatever the values are.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let [one, two] = [1, 2].map(|number| Arc::new(Slotted::new(number)));
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let before = WeakWeakMap::from([(one.clone(), ann.clone())]);
    /// let after = WeakWeakMap::from([(one.clone(), bob.clone()), (two.clone(), ann.clone())]);
    /// assert!(before.domain_is_subset(&after));
    /// assert!(!after.domain_is_subset(&before));
    /// ```
    #[track_caller]
    pub fn domain_is_subset<C2>(&self, other: &PairMap<K, V, C2>) -> bool
    where
        C2: Lookup<K, K>,
    {
        other.shards.assert_usable();
        self.all(|key, _| other.contains_key(&**key))
    }
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C, C2>
    PartialEq<PairMap<K, V, C2>> for PairMap<K, V, C>
where
    V: PartialEq,
    C: Lookup<K, K>,
    C2: Lookup<K, K>,
{
    /// Returns `true` if both maps contain the same keys, with equal values.
    #[track_caller]
    fn eq(&self, other: &PairMap<K, V, C2>) -> bool {
        let mut mine = 0_usize;
        let is_submap = self.is_submap_with(other, |value, theirs| {
            mine += 1;
            **value == **theirs
        });
        let mut theirs = 0_usize;
        other.for_each(|_, _| theirs += 1);
        is_submap && mine == theirs
    }
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> Eq
    for PairMap<K, V, C>
where
    V: Eq,
    C: Lookup<K, K>,
{
}
