//! The place for an entry that is not in the map.

use std::fmt;

use super::{Mapping, OccupiedEntry};

/// The place for an entry that is not in the map. It is part of the [`Entry`](super::Entry) enum.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakValueMap, map::Entry};
///
/// let textures = WeakValueMap::<_, Slotted<&str>>::new();
/// let Entry::Vacant(entry) = textures.entry("grass") else { unreachable!() };
/// let grass = entry.insert(Arc::new(Slotted::new("pixels")));
/// assert_eq!(textures.get("grass"), Some(grass));
/// ```
pub struct VacantEntry<'a, M: Mapping + 'a> {
    pub(in crate::map) map: &'a M::Map,
    pub(in crate::map) key: M::Key,
}

impl<'a, M: Mapping> VacantEntry<'a, M> {
    /// Returns a reference to the key that `entry` was called with.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakValueMap, map::Entry};
    ///
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let Entry::Vacant(entry) = textures.entry("grass") else { unreachable!() };
    /// assert_eq!(entry.key(), &"grass");
    /// ```
    pub fn key(&self) -> &M::Key {
        &self.key
    }

    /// Returns the key that `entry` was called with.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakValueMap, map::Entry};
    ///
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let Entry::Vacant(entry) = textures.entry(String::from("grass")) else { unreachable!() };
    /// assert_eq!(entry.into_key(), "grass");
    /// ```
    pub fn into_key(self) -> M::Key {
        self.key
    }

    /// Inserts `value`, and returns what [`or_insert`](super::Entry::or_insert) returns.
    ///
    /// If another thread has inserted a value under an equal key meanwhile, `value` replaces that
    /// one.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap, map::Entry};
    ///
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let Entry::Vacant(entry) = textures.entry("grass") else { unreachable!() };
    /// assert_eq!(**entry.insert(Arc::new(Slotted::new("pixels"))), "pixels");
    /// ```
    #[track_caller]
    pub fn insert(self, value: M::Value) -> M::Given<'a> {
        let (living, old) = M::put(self.map, "insert", self.key, value);
        drop(old);
        M::give(self.map, living)
    }

    /// Inserts `value`, and returns the occupied entry.
    ///
    /// Like [`insert`](Self::insert) otherwise. The key is cloned.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap, map::Entry};
    ///
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let Entry::Vacant(entry) = textures.entry("grass") else { unreachable!() };
    /// let entry = entry.insert_entry(Arc::new(Slotted::new("pixels")));
    /// assert_eq!(entry.key(), &"grass");
    /// ```
    #[track_caller]
    pub fn insert_entry(self, value: M::Value) -> OccupiedEntry<'a, M>
    where
        M::Key: Clone,
    {
        let (living, _) = M::put(self.map, "insert_entry", self.key.clone(), value);
        OccupiedEntry { map: self.map, key: self.key, living }
    }
}

impl<M: Mapping<Key: fmt::Debug>> fmt::Debug for VacantEntry<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(&self.key).finish()
    }
}
