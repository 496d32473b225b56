//! The entry of one key.

use std::convert::Infallible;

use super::PairMap;
use crate::{
    StrongOf, Weakrefable,
    container::{
        lookup::{CompareKeys, Lookup},
        table::Keep,
        weak_key::{self, Search},
    },
    flavor::Pointer,
    map::entry::{self, Mapping, OccupiedEntry},
};

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> PairMap<K, V, C> {
    /// Returns the entry of the key that `owner` owns, to be inspected, changed or inserted.
    ///
    /// Nothing is locked while the [`Entry`](entry::Entry) exists.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakWeakMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::<_, Slotted<&str>>::new();
    /// let user = users.entry(&session).or_insert(ann.clone());
    /// assert!(Arc::ptr_eq(&user, &ann));
    /// ```
    #[track_caller]
    pub fn entry<P: Pointer<Referent = K>>(&self, owner: &P) -> entry::Entry<'_, Self>
    where
        C: CompareKeys<K>,
    {
        let owner = owner.strong();
        entry::Entry::new(self, owner.clone(), weak_key::find(&self.shards, &self.hasher, &**owner))
    }
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> entry::sealed::Sealed
    for PairMap<K, V, C>
{
}

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> Mapping
    for PairMap<K, V, C>
where
    C: Lookup<K, K>,
{
    type Key = StrongOf<K>;
    type Value = StrongOf<V>;
    type Given<'a>
        = StrongOf<V>
    where
        Self: 'a;
    type Shown<'a>
        = &'a StrongOf<V>
    where
        Self: 'a;
    type Living = (StrongOf<K>, StrongOf<V>);
    type Map = Self;

    #[track_caller]
    fn make(
        map: &Self,
        key: StrongOf<K>,
        make: impl FnOnce(&StrongOf<K>) -> StrongOf<V>,
    ) -> Self::Living {
        let Ok(living) = map.get_or_try_make(&key, || Ok::<_, Infallible>(make(&key)));
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(key);
        living
    }

    #[track_caller]
    fn put(
        map: &Self,
        _: &str,
        key: StrongOf<K>,
        value: StrongOf<V>,
    ) -> (Self::Living, Option<StrongOf<V>>) {
        let old = map.insert_keeping(Keep::First, &key, &value);
        // The entry must own the map's key.
        let own = map.get_key(&*key).unwrap_or_else(|| key.clone());
        drop(key);
        ((own, value), old)
    }

    #[track_caller]
    fn take(
        map: &Self,
        _: &str,
        key: &StrongOf<K>,
        (own, value): &Self::Living,
    ) -> Option<StrongOf<V>> {
        let hash = Search::new(&map.hasher, &**key).hash;
        map.take_this(hash, own, value)?;
        Some(value.clone())
    }

    fn give<'a>(_: &'a Self, (_, value): Self::Living) -> StrongOf<V>
    where
        Self: 'a,
    {
        value
    }

    fn show((_, value): &Self::Living, f: impl FnOnce(&StrongOf<V>)) {
        f(value);
    }

    fn peek<R>((_, value): &Self::Living, mut f: impl FnMut(Option<&StrongOf<V>>) -> R) -> R {
        f(Some(value))
    }
}

impl<K, V, C> OccupiedEntry<'_, PairMap<K, V, C>>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
    C: Lookup<K, K>,
{
    /// Returns a reference to the owner of the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let users = WeakWeakMap::<_, Slotted<&str>>::new();
    /// let entry = users.entry(&session).insert_entry(Arc::new(Slotted::new("Ann")));
    /// assert_eq!(***entry.get(), "Ann");
    /// ```
    pub fn get(&self) -> &StrongOf<V> {
        &self.living.1
    }
}
