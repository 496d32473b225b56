//! Insertion of the value that a factory makes.

use std::convert::Infallible;

use super::PairMap;
use crate::{
    StrongOf, Weakrefable,
    container::{
        lookup::{CompareKeys, Lookup},
        table::Keep,
        weak_key::KeyQuery,
    },
    flavor::Pointer,
};

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> PairMap<K, V, C> {
    /// Returns an owner of the value under the key that `key` owns, or inserts the value that
    /// `make` returns.
    ///
    /// `make` runs once for a key, however many threads ask for it at the same time. The other
    /// threads wait, and get the same value, even if this thread drops it at once. Nothing is
    /// locked while `make` runs. It may use the map, for other keys. If it panics, one of the
    /// waiting threads runs its own factory.
    ///
    /// If another thread [inserts](Self::insert) a value under an equal key meanwhile, that value
    /// is returned, and the one that `make` returned is dropped.
    ///
    /// # Panics
    ///
    /// Panics if `make` asks for its own key, or waits in this library for a thread that does. A
    /// wait that goes through anything else, such as a channel or a `join`, [is not
    /// detected](crate::docs::limitations#only-the-librarys-own-waits-are-watched), and is a deadlock.
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
    /// let users = WeakWeakMap::<_, Slotted<&str>>::new();
    /// let ann = users.get_or_insert_with(&session, || Arc::new(Slotted::new("Ann")));
    /// assert_eq!(users.get_or_insert_with(&session, || unreachable!()), ann);
    /// ```
    #[doc(alias = "setdefault")]
    #[track_caller]
    #[must_use = "the map does not own the value, which is dropped if nothing else owns it"]
    pub fn get_or_insert_with<P: Pointer<Referent = K>>(
        &self,
        key: &P,
        make: impl FnOnce() -> StrongOf<V>,
    ) -> StrongOf<V>
    where
        C: CompareKeys<K>,
    {
        match self.get_or_try_insert_with(key, || Ok::<_, Infallible>(make())) {
            Ok(value) => value,
        }
    }

    /// Returns an owner of the value under the key that `key` owns, or inserts the value that
    /// `make` returns, unless `make` fails.
    ///
    /// Like [`get_or_insert_with`](Self::get_or_insert_with), with a factory that can fail. If it
    /// does, one of the waiting threads runs its own factory.
    ///
    /// # Errors
    ///
    /// Returns the error of `make`.
    ///
    /// # Panics
    ///
    /// Panics like [`get_or_insert_with`](Self::get_or_insert_with).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let users = WeakWeakMap::<_, Slotted<&str>>::new();
    /// let result = users.get_or_try_insert_with(&session, || Err("the session has expired"));
    /// assert_eq!(result, Err("the session has expired"));
    /// assert!(users.is_empty());
    /// ```
    #[track_caller]
    pub fn get_or_try_insert_with<P: Pointer<Referent = K>, E>(
        &self,
        key: &P,
        make: impl FnOnce() -> Result<StrongOf<V>, E>,
    ) -> Result<StrongOf<V>, E>
    where
        C: CompareKeys<K>,
    {
        self.get_or_try_make(key.strong(), make).map(|(_, value)| value)
    }

    #[track_caller]
    pub(super) fn get_or_try_make<E>(
        &self,
        key: &StrongOf<K>,
        make: impl FnOnce() -> Result<StrongOf<V>, E>,
    ) -> Result<(StrongOf<K>, StrongOf<V>), E>
    where
        C: Lookup<K, K>,
    {
        let mut query = KeyQuery::new(&self.hasher, key);
        let make = |_: &KeyQuery<'_, _, _>| Ok((key.clone(), make()?));
        self.shards.get_or_try_make(&mut query, make, |guard, query, (_, value)| {
            Self::put(guard, &mut query.search, Keep::Entry, key, value)
        })
    }
}
