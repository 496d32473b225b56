//! The entry of one key.

use std::{
    convert::Infallible,
    hash::{BuildHasher, Hash},
};

use super::WeakValueMap;
use crate::{
    StrongOf, Weakrefable,
    map::entry::{self, Mapping, OccupiedEntry},
};

impl<K, V, S> WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    /// Returns the entry of `key`, to be inspected, changed or inserted.
    ///
    /// Nothing is locked while the [`Entry`](entry::Entry) exists.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](Self#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// textures.entry("grass").or_insert(grass.clone());
    /// assert_eq!(textures.get("grass"), Some(grass));
    /// ```
    #[track_caller]
    pub fn entry(&self, key: K) -> entry::Entry<'_, Self> {
        let living = self.get(&key);
        entry::Entry::new(self, key, living)
    }
}

impl<K, V: ?Sized + Weakrefable, S> entry::sealed::Sealed for WeakValueMap<K, V, S> {}

impl<K, V, S> Mapping for WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    type Key = K;
    type Value = StrongOf<V>;
    type Given<'a>
        = StrongOf<V>
    where
        Self: 'a;
    type Shown<'a>
        = &'a StrongOf<V>
    where
        Self: 'a;
    type Living = StrongOf<V>;

    #[track_caller]
    fn make(&self, key: K, make: impl FnOnce(&K) -> StrongOf<V>) -> StrongOf<V> {
        match self.get_or_try_make_with_key(key, |key| Ok::<_, Infallible>(make(key))) {
            Ok(owner) => owner,
        }
    }

    #[track_caller]
    fn make_without_key(&self, key: K, make: impl FnOnce() -> StrongOf<V>) -> StrongOf<V> {
        self.get_or_insert_with(key, make)
    }

    #[track_caller]
    fn put(&self, key: K, owner: StrongOf<V>) -> (StrongOf<V>, Option<StrongOf<V>>) {
        let old = self.insert_strong(key, &owner);
        (owner, old)
    }

    #[track_caller]
    fn take(&self, key: &K, owner: &StrongOf<V>) -> Option<StrongOf<V>> {
        self.remove_exactly(self.hash(key), key, owner)
    }

    fn give(&self, owner: StrongOf<V>) -> StrongOf<V> {
        owner
    }

    fn show(owner: &StrongOf<V>, f: impl FnOnce(&StrongOf<V>)) {
        f(owner);
    }
}

impl<K, V, S> OccupiedEntry<'_, WeakValueMap<K, V, S>>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    /// Returns a reference to the owner of the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let entry = textures.entry("grass").insert_entry(Arc::new(Slotted::new("pixels")));
    /// assert_eq!(***entry.get(), "pixels");
    /// ```
    pub fn get(&self) -> &StrongOf<V> {
        &self.living
    }
}
