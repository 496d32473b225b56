//! An entry that is in the map.

use std::fmt;

use super::Mapping;

/// An entry that is in the map. It is part of the [`Entry`](super::Entry) enum.
///
/// It owns the referents of the entry. So they stay alive, and the entry stays in the map unless it
/// is removed or replaced.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakValueMap, map::Entry};
///
/// let grass = Arc::new(Slotted::new("pixels"));
/// let textures = WeakValueMap::from([("grass", grass.clone())]);
/// let Entry::Occupied(entry) = textures.entry("grass") else { unreachable!() };
/// assert_eq!(entry.remove(), Some(grass));
/// ```
pub struct OccupiedEntry<'a, M: Mapping> {
    pub(in crate::map) map: &'a M,
    pub(in crate::map) key: M::Key,
    pub(in crate::map) living: M::Living,
}

impl<M: Mapping> OccupiedEntry<'_, M> {
    /// Returns a reference to the key that `entry` was called with.
    ///
    /// An entry that [`or_insert`](super::Entry::or_insert) returned has the map's own key instead,
    /// which is equal.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let entry = textures.entry("grass").insert_entry(Arc::new(Slotted::new("pixels")));
    /// assert_eq!(entry.key(), &"grass");
    /// ```
    pub fn key(&self) -> &M::Key {
        &self.key
    }

    /// Inserts `value`, and returns the value that was replaced.
    ///
    /// Where the map owns its values, this waits, or panics, like
    /// [`WeakKeyMap::insert`](crate::WeakKeyMap::insert) while a closure is using the replaced
    /// value.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let [day, night] = ["day", "night"].map(|pixels| Arc::new(Slotted::new(pixels)));
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let entry = textures.entry("sky").insert_entry(day.clone());
    /// assert_eq!(entry.insert(night), Some(day));
    /// ```
    #[track_caller]
    pub fn insert(self, value: M::Value) -> Option<M::Value> {
        let Self { map, key, living } = self;
        let (new, old) = map.put(key, value);
        drop((living, new));
        old
    }

    /// Removes the entry, and returns its value.
    ///
    /// Returns `None`, and removes nothing, if the entry was removed or replaced meanwhile. Where
    /// the map owns its values, this waits, or panics, like
    /// [`WeakKeyMap::remove`](crate::WeakKeyMap::remove) while a closure is using the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let entry = textures.entry("grass").insert_entry(grass.clone());
    /// assert_eq!(entry.remove(), Some(grass));
    /// assert!(textures.is_empty());
    /// ```
    #[track_caller]
    pub fn remove(self) -> Option<M::Value> {
        let value = self.map.take(&self.key, &self.living);
        drop(self);
        value
    }

    /// Removes the entry, and returns its [`key`](Self::key) and its value.
    ///
    /// Like [`remove`](Self::remove) otherwise.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let entry = textures.entry("grass").insert_entry(grass.clone());
    /// assert_eq!(entry.remove_entry(), Some(("grass", grass)));
    /// ```
    #[track_caller]
    pub fn remove_entry(self) -> Option<(M::Key, M::Value)> {
        let Self { map, key, living } = self;
        let value = map.take(&key, &living)?;
        drop(living);
        Some((key, value))
    }
}

impl<M: Mapping<Key: fmt::Debug>> fmt::Debug for OccupiedEntry<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OccupiedEntry").field(&self.key).finish()
    }
}
