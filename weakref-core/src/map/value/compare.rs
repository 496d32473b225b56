//! Comparison with another map.

use std::hash::{BuildHasher, Hash};

use super::WeakValueMap;
use crate::{StrongOf, Weakrefable};

impl<K, V: ?Sized + Weakrefable, S> WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    S: BuildHasher,
{
    /// Returns `true` if `other` contains each key of this map, with an equal value.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// let empty = WeakValueMap::new();
    /// assert!(empty.is_submap(&textures));
    /// assert!(!textures.is_submap(&empty));
    /// ```
    #[track_caller]
    pub fn is_submap<S2>(&self, other: &WeakValueMap<K, V, S2>) -> bool
    where
        V: PartialEq,
        S2: BuildHasher,
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
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let [small, large] = [10, 20].map(|size| Arc::new(Slotted::new(size)));
    /// let previews = WeakValueMap::from([("grass", small.clone())]);
    /// let textures = WeakValueMap::from([("grass", large.clone())]);
    /// assert!(previews.is_submap_with(&textures, |preview, texture| ***preview < ***texture));
    /// ```
    #[track_caller]
    pub fn is_submap_with<S2>(
        &self,
        other: &WeakValueMap<K, V, S2>,
        mut fits: impl FnMut(&StrongOf<V>, &StrongOf<V>) -> bool,
    ) -> bool
    where
        S2: BuildHasher,
    {
        other.shards.assert_usable();
        self.all(|key, mine| other.get(key).is_some_and(|theirs| fits(mine, &theirs)))
    }

    /// Returns `true` if `other` contains each key of this map, whatever the values are.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let [small, large] = [10, 20].map(|size| Arc::new(Slotted::new(size)));
    /// let previews = WeakValueMap::from([("grass", small.clone())]);
    /// let textures = WeakValueMap::from([("grass", large.clone()), ("water", large.clone())]);
    /// assert!(previews.domain_is_subset(&textures));
    /// assert!(!textures.domain_is_subset(&previews));
    /// ```
    #[track_caller]
    pub fn domain_is_subset<S2>(&self, other: &WeakValueMap<K, V, S2>) -> bool
    where
        S2: BuildHasher,
    {
        other.shards.assert_usable();
        self.all(|key, _| other.contains_key(key))
    }
}

impl<K, V: ?Sized + Weakrefable, S, S2> PartialEq<WeakValueMap<K, V, S2>> for WeakValueMap<K, V, S>
where
    V: PartialEq,
    K: Eq + Hash,
    S: BuildHasher,
    S2: BuildHasher,
{
    /// Returns `true` if both maps contain the same keys, with equal values.
    #[track_caller]
    fn eq(&self, other: &WeakValueMap<K, V, S2>) -> bool {
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

impl<K, V: ?Sized + Weakrefable, S> Eq for WeakValueMap<K, V, S>
where
    V: Eq,
    K: Eq + Hash,
    S: BuildHasher,
{
}
