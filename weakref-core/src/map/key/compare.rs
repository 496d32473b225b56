//! Comparison with another map.

use super::KeyMap;
use crate::{Weakrefable, container::lookup::Lookup};

impl<K: ?Sized + Weakrefable, V, C> KeyMap<K, V, C>
where
    C: Lookup<K, K>,
{
    /// Returns `true` if `other` contains each key of this map, with an equal value.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is changing one of the values, or if waiting for a value
    /// would be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// let empty = WeakKeyMap::new();
    /// assert!(empty.is_submap(&scores));
    /// assert!(!scores.is_submap(&empty));
    /// ```
    #[track_caller]
    pub fn is_submap<C2>(&self, other: &KeyMap<K, V, C2>) -> bool
    where
        V: PartialEq,
        C2: Lookup<K, K>,
    {
        self.is_submap_with(other, |mine: &V, theirs: &V| *mine == *theirs)
    }

    /// Returns `true` if `other` contains each key of this map, with a value that `fits`.
    ///
    /// `fits` is called with this map's value and the other's. Nothing is locked meanwhile but
    /// these two values, against changes.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is changing one of the values, or if waiting for a value
    /// would be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let yesterday = WeakKeyMap::from([(ann.clone(), 7)]);
    /// let today = WeakKeyMap::from([(ann.clone(), 8)]);
    /// assert!(yesterday.is_submap_with(&today, |before, now| before < now));
    /// ```
    #[track_caller]
    pub fn is_submap_with<C2>(
        &self,
        other: &KeyMap<K, V, C2>,
        mut fits: impl FnMut(&V, &V) -> bool,
    ) -> bool
    where
        C2: Lookup<K, K>,
    {
        other.shards.assert_usable();
        let method = "is_submap_with";
        self.all(method, |key, mine| {
            other.look(method, key, |theirs| fits(mine, theirs)) == Some(true)
        })
    }

    /// Returns `true` if `other` contains each key of this map, whatever the values are.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is changing one of the values, or if waiting for a value
    /// would be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let yesterday = WeakKeyMap::from([(ann.clone(), 7)]);
    /// let today = WeakKeyMap::from([(ann.clone(), 8), (bob.clone(), 1)]);
    /// assert!(yesterday.domain_is_subset(&today));
    /// assert!(!today.domain_is_subset(&yesterday));
    /// ```
    #[track_caller]
    pub fn domain_is_subset<C2>(&self, other: &KeyMap<K, V, C2>) -> bool
    where
        C2: Lookup<K, K>,
    {
        other.shards.assert_usable();
        let method = "domain_is_subset";
        self.all(method, |key, _| other.look(method, key, |_| ()).is_some())
    }
}

impl<K: ?Sized + Weakrefable, V, C, C2> PartialEq<KeyMap<K, V, C2>> for KeyMap<K, V, C>
where
    V: PartialEq,
    C: Lookup<K, K>,
    C2: Lookup<K, K>,
{
    /// Returns `true` if both maps contain the same keys, with equal values.
    #[track_caller]
    fn eq(&self, other: &KeyMap<K, V, C2>) -> bool {
        let mut mine = 0_usize;
        let is_submap = self.all("==", |key, value| {
            mine += 1;
            other.look("==", key, |theirs| *value == *theirs) == Some(true)
        });
        let mut theirs = 0_usize;
        other.all("==", |_, _| {
            theirs += 1;
            true
        });
        is_submap && mine == theirs
    }
}

impl<K: ?Sized + Weakrefable, V, C> Eq for KeyMap<K, V, C>
where
    V: Eq,
    C: Lookup<K, K>,
{
}
