//! What is there under a key, or is being made.

use std::{
    convert::Infallible,
    hash::{BuildHasher, Hash},
};

use super::{ValueEntry, WeakValueMap};
use crate::{
    Flavor, StrongOf, Weakrefable,
    map::{
        entry::{self, Mapping, OccupiedEntry},
        factory::Wanted,
        lease::SameReferent,
        table::{Entry, Table},
    },
};

/// A key that is looked for, or made.
pub(super) struct Wish<K, V: ?Sized + Weakrefable> {
    pub(super) hash: u32,
    /// Before and after the factory.
    pub(super) key: Option<K>,
    /// While the factory runs: it is shown the key, which others compare theirs with.
    pub(super) shown: Option<<V::Flavor as Flavor>::Strong<K>>,
}

impl<K, V: ?Sized + Weakrefable> Wish<K, V> {
    pub(super) fn shown(&self) -> &K {
        self.shown.as_deref().expect("a factory runs for it")
    }
}

impl<K: Eq, V: ?Sized + Weakrefable> Wanted<V::Flavor, ValueEntry<K, V>> for Wish<K, V> {
    const BY_HASH: bool = false;

    fn hash(&self) -> u32 {
        self.hash
    }

    fn find(&mut self, table: &Table<V::Flavor, ValueEntry<K, V>>) -> Option<StrongOf<V>> {
        table.find(self.hash, |other| self.key.as_ref() == Some(other))?.upgrade().ok()
    }

    fn is_made_for(&self, key: &<V::Flavor as Flavor>::Strong<K>) -> bool {
        self.key.as_ref() == Some(&**key)
    }

    fn accepts(&self, _: &StrongOf<V>) -> bool {
        true
    }

    fn making(&mut self) -> <V::Flavor as Flavor>::Strong<K> {
        let key = V::Flavor::strong(self.key.take().expect("a factory runs once"));
        self.shown.insert(key).clone()
    }

    fn unmake(&mut self, key: <V::Flavor as Flavor>::Strong<K>) {
        // The other owner.
        self.shown = None;
        self.key = V::Flavor::into_inner(key);
    }

    fn release(&mut self) {}
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

    fn make(&self, key: K, make: impl FnOnce(&K) -> StrongOf<V>) -> StrongOf<V> {
        match self.get_or_try_make(key, |key| Ok::<_, Infallible>(make(key))) {
            Ok(owner) => owner,
        }
    }

    fn put(&self, key: K, owner: StrongOf<V>) -> (StrongOf<V>, Option<StrongOf<V>>) {
        let old = self.insert_strong(key, &owner);
        (owner, old)
    }

    fn take(&self, key: &K, owner: &StrongOf<V>) -> Option<StrongOf<V>> {
        let hash = self.hash(key);
        let gone = {
            let mut inside = self.shards.enter(hash);
            let there = inside.find(hash, |other| other == key)?;
            if !there.is_of(owner.address()) {
                return None;
            }
            inside.remove_key(hash, |other| other == key)
        };
        gone?.into_owners()
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
    /// Returns the owner of the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// let entry = map.entry("a").insert_entry(Arc::new(Slotted::new(7)));
    /// assert_eq!(***entry.get(), 7);
    /// ```
    pub fn get(&self) -> &StrongOf<V> {
        &self.living
    }
}
