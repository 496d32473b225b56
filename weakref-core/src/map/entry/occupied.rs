//! An entry that is in the map.

use std::{fmt, mem};

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
pub struct OccupiedEntry<'a, M: Mapping + 'a> {
    pub(in crate::map) map: &'a M::Map,
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
    /// The entry is then that of the new value. The key is cloned, as the entry may have been
    /// removed meanwhile, and as a [removal listener](crate::WeakValueMap::on_removal) is shown
    /// one.
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
    /// let mut entry = textures.entry("sky").insert_entry(day.clone());
    /// assert_eq!(entry.insert(night.clone()), Some(day));
    /// assert_eq!(entry.get(), &night);
    /// ```
    #[track_caller]
    pub fn insert(&mut self, value: M::Value) -> Option<M::Value>
    where
        M::Key: Clone,
    {
        let (new, old) = M::put(self.map, "insert", self.key.clone(), value);
        let before = mem::replace(&mut self.living, new);
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(before);
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
        let value = M::take(self.map, "remove", &self.key, &self.living);
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
        let value = M::take(map, "remove_entry", &key, &living)?;
        drop(living);
        Some((key, value))
    }

    /// Calls `f` with what is shown of the value: `<locked>` if a closure is changing it.
    pub(super) fn with_shown<R>(&self, mut f: impl FnMut(&dyn fmt::Debug) -> R) -> R
    where
        M::Value: fmt::Debug,
    {
        M::peek(&self.living, |value| match value {
            Some(value) => f(value),
            None => f(&format_args!("<locked>")),
        })
    }
}

impl<M: Mapping<Key: fmt::Debug, Value: fmt::Debug>> fmt::Debug for OccupiedEntry<'_, M> {
    /// Formats the key and the value, with `<locked>` for a value that a closure is changing or
    /// that has been moved out of the map.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut entry = f.debug_struct("OccupiedEntry");
        entry.field("key", &self.key);
        self.with_shown(|value| {
            entry.field("value", value);
        });
        entry.finish_non_exhaustive()
    }
}
