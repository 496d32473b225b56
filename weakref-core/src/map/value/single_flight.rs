//! Insertion of the value that a factory makes.

use std::{
    convert::Infallible,
    hash::{BuildHasher, Hash},
};

use equivalent::Equivalent;

use super::{ValueRecord, WeakValueMap};
use crate::{
    Flavor, StrongOf, Weakrefable,
    container::{
        record::Record,
        single_flight::Query,
        table::{Keep, Table},
    },
};

impl<K, V, S> WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    /// Returns an owner of the value under `key`, or inserts the value that `make` returns.
    ///
    /// `make` runs once for a key, however many threads ask for it at the same time. The other
    /// threads wait, and get the same value, even if this thread drops it at once. Nothing is
    /// locked while `make` runs. It may use the map, for other keys. If it panics, one of the
    /// waiting threads runs its own factory.
    ///
    /// If another thread [inserts](Self::insert) a value under an equal key meanwhile, that value
    /// is returned, and the one that `make` returned is dropped.
    ///
    /// `make` gets no argument; [`or_insert_with_key`](crate::map::Entry::or_insert_with_key) of an
    /// [entry](Self::entry) passes the key to its factory. For a borrowed key, such as a `&str` in a
    /// map of `String`s, there is [`get_or_insert_with_ref`](Self::get_or_insert_with_ref).
    ///
    /// # Panics
    ///
    /// Panics if `make` asks for its own key, or waits in this library for a thread that does. A
    /// wait that goes through anything else, such as a channel or a `join`, [is not
    /// detected](crate::docs::limitations#only-the-librarys-own-waits-are-watched), and is a deadlock.
    ///
    /// Panics if called [re-entrantly](Self#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let grass = textures.get_or_insert_with("grass", || Arc::new(Slotted::new("pixels")));
    /// let same = textures.get_or_insert_with("grass", || unreachable!());
    /// assert!(Arc::ptr_eq(&grass, &same));
    /// ```
    #[doc(alias = "setdefault")]
    #[track_caller]
    #[must_use = "the map does not own the value, which is dropped if nothing else owns it"]
    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> StrongOf<V>) -> StrongOf<V> {
        match self.get_or_try_insert_with(key, || Ok::<_, Infallible>(make())) {
            Ok(owner) => owner,
        }
    }

    /// Returns an owner of the value under `key`, or inserts the value that `make` returns, unless
    /// `make` fails.
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
    /// use std::{num::ParseIntError, sync::Arc};
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let numbers = WeakValueMap::<_, Slotted<u32>>::new();
    /// let parse = |text: &'static str| {
    ///     numbers.get_or_try_insert_with(text, || {
    ///         let number: u32 = text.parse()?;
    ///         Ok::<_, ParseIntError>(Arc::new(Slotted::new(number)))
    ///     })
    /// };
    /// assert_eq!(**parse("12").unwrap(), 12);
    /// assert!(parse("twelve").is_err());
    /// ```
    #[track_caller]
    pub fn get_or_try_insert_with<E>(
        &self,
        key: K,
        make: impl FnOnce() -> Result<StrongOf<V>, E>,
    ) -> Result<StrongOf<V>, E> {
        self.get_or_try_make(self.hash(&key), key, false, |_| make())
    }

    /// Returns an owner of the value under `key`, or inserts the value that `make` returns under an
    /// owned key that is made of `key`.
    ///
    /// Like [`get_or_insert_with`](Self::get_or_insert_with), but makes the key only if there is no
    /// value yet. So a hit allocates nothing. A miss searches the map twice.
    ///
    /// # Panics
    ///
    /// Panics like [`get_or_insert_with`](Self::get_or_insert_with).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<String, Slotted<&str>>::new();
    /// let grass = textures.get_or_insert_with_ref("grass", || Arc::new(Slotted::new("pixels")));
    /// let same = textures.get_or_insert_with_ref("grass", || unreachable!());
    /// assert!(Arc::ptr_eq(&grass, &same));
    /// ```
    #[must_use = "the map does not own the value, which is dropped if nothing else owns it"]
    #[track_caller]
    pub fn get_or_insert_with_ref<'q, Q>(
        &self,
        key: &'q Q,
        make: impl FnOnce() -> StrongOf<V>,
    ) -> StrongOf<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
        K: From<&'q Q>,
    {
        match self.get_or_try_insert_with_ref(key, || Ok::<_, Infallible>(make())) {
            Ok(owner) => owner,
        }
    }

    /// Like [`get_or_insert_with_ref`](Self::get_or_insert_with_ref), with a factory that can fail.
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
    /// use std::{num::ParseIntError, sync::Arc};
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let numbers = WeakValueMap::<String, Slotted<u32>>::new();
    /// let parse = |text: &str| {
    ///     numbers.get_or_try_insert_with_ref(text, || {
    ///         Ok::<_, ParseIntError>(Arc::new(Slotted::new(text.parse()?)))
    ///     })
    /// };
    /// assert_eq!(**parse("12").unwrap(), 12);
    /// assert!(parse("twelve").is_err());
    /// ```
    #[track_caller]
    pub fn get_or_try_insert_with_ref<'q, Q, E>(
        &self,
        key: &'q Q,
        make: impl FnOnce() -> Result<StrongOf<V>, E>,
    ) -> Result<StrongOf<V>, E>
    where
        Q: Hash + Equivalent<K> + ?Sized,
        K: From<&'q Q>,
    {
        let hash = self.hash(key);
        match self.get_hashed(hash, key) {
            Some(owner) => Ok(owner),
            None => self.get_or_try_make(hash, K::from(key), false, |_| make()),
        }
    }

    /// Like [`get_or_try_insert_with`](Self::get_or_try_insert_with), with a factory that gets the
    /// key.
    #[track_caller]
    pub(super) fn get_or_try_make_with_key<E>(
        &self,
        key: K,
        make: impl FnOnce(&K) -> Result<StrongOf<V>, E>,
    ) -> Result<StrongOf<V>, E> {
        self.get_or_try_make(self.hash(&key), key, true, |query| {
            make(query.shown.as_deref().expect("the flight that has started shows its key"))
        })
    }

    #[track_caller]
    pub(super) fn get_or_try_make<E>(
        &self,
        hash: u32,
        key: K,
        shows_key: bool,
        make: impl FnOnce(&ValueQuery<K, V>) -> Result<StrongOf<V>, E>,
    ) -> Result<StrongOf<V>, E> {
        let mut query = ValueQuery { shows_key, ..ValueQuery::new(hash, key) };
        let result = self.shards.get_or_try_make(&mut query, make, |guard, query, owner| {
            Self::put(guard, query.hash, Keep::Entry, &mut query.key, owner)
        });
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(query);
        result
    }
}

/// The query of `get_or_insert_with`.
pub(super) struct ValueQuery<K, V: ?Sized + Weakrefable> {
    pub(super) hash: u32,
    /// The key, unless a flight has it.
    pub(super) key: Option<K>,
    /// Whether the factory gets the key.
    shows_key: bool,
    /// The key while a flight has it, if `shows_key`.
    shown: Option<<V::Flavor as Flavor>::Strong<K>>,
}

impl<K, V: ?Sized + Weakrefable> ValueQuery<K, V> {
    /// Makes the query of a factory that does not get the key.
    pub(super) fn new(hash: u32, key: K) -> Self {
        Self { hash, key: Some(key), shows_key: false, shown: None }
    }
}

/// The key of a flight. Only a factory that gets the key needs an allocation for it.
pub(crate) enum FlightKey<F: Flavor, K> {
    Own(K),
    Shown(F::Strong<K>),
}

impl<F: Flavor, K> FlightKey<F, K> {
    fn get(&self) -> &K {
        match self {
            Self::Own(key) => key,
            Self::Shown(key) => key,
        }
    }
}

impl<K: Eq, V: ?Sized + Weakrefable> Query<V::Flavor, ValueRecord<K, V>> for ValueQuery<K, V> {
    const BY_HASH: bool = false;

    fn hash(&self) -> u32 {
        self.hash
    }

    #[inline]
    fn find(&mut self, table: &Table<V::Flavor, ValueRecord<K, V>>) -> Option<StrongOf<V>> {
        table.find(self.hash, |other| self.key.as_ref() == Some(other))?.upgrade().ok()
    }

    #[inline]
    fn is_made_by(&self, key: &FlightKey<V::Flavor, K>) -> bool {
        self.key.as_ref() == Some(key.get())
    }

    fn accepts(&self, _: &StrongOf<V>) -> bool {
        true
    }

    #[inline]
    fn flight_key(&mut self) -> FlightKey<V::Flavor, K> {
        let key = self.key.take().expect("a query starts one flight at a time");
        if self.shows_key {
            FlightKey::Shown(self.shown.insert(V::Flavor::strong(key)).clone())
        } else {
            FlightKey::Own(key)
        }
    }

    #[inline]
    fn take_back(&mut self, key: FlightKey<V::Flavor, K>) {
        self.key = match key {
            FlightKey::Own(key) => Some(key),
            FlightKey::Shown(key) => {
                // The second owner is dropped first, so that `into_inner` succeeds.
                self.shown = None;
                V::Flavor::into_inner(key)
            }
        };
    }

    fn release(&mut self) {}
}
