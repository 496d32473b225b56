//! Insertion of the value that a factory makes.

use std::convert::Infallible;

use super::{KeyAndValue, KeyMap};
use crate::{
    StrongOf, Weakrefable,
    container::{
        lookup::{CompareKeys, Lookup},
        shared_value::SharedValue,
        table::Keep,
        weak_key::KeyQuery,
    },
    flavor::Pointer,
};

impl<K: ?Sized + Weakrefable, V, C> KeyMap<K, V, C> {
    /// Returns a clone of the value under the key that `owner` owns, or of the value that `make`
    /// returns, after inserting that.
    ///
    /// `make` runs once for a key, however many threads ask for it at the same time. The other
    /// threads wait, and get the same value. Nothing is locked while `make` runs. It may use the
    /// map, for other keys. If it panics, one of the waiting threads runs its own factory.
    ///
    /// If another thread [inserts](Self::insert) a value under an equal key meanwhile, a clone of
    /// that value is returned, and the one that `make` returned is dropped.
    ///
    /// # Panics
    ///
    /// Panics if `make` asks for its own key, or waits in this library for a thread that does. A
    /// wait that goes through anything else, such as a channel or a `join`, [is not
    /// detected](crate::docs::limitations#only-the-librarys-own-waits-are-watched), and is a deadlock.
    ///
    /// Panics if called [re-entrantly](crate::WeakKeyMap#re-entrancy) from `K`'s `Eq`.
    ///
    /// Panics if a closure of this thread is changing the value, or if waiting for the value would
    /// be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::new();
    /// assert_eq!(scores.get_or_insert_with(&ann, || 7), 7);
    /// assert_eq!(scores.get_or_insert_with(&ann, || unreachable!()), 7);
    /// ```
    #[doc(alias = "setdefault")]
    #[track_caller]
    pub fn get_or_insert_with<P: Pointer<Referent = K>>(
        &self,
        owner: &P,
        make: impl FnOnce() -> V,
    ) -> V
    where
        C: CompareKeys<K>,
        V: Clone,
    {
        match self.get_or_try_insert_with(owner, || Ok::<_, Infallible>(make())) {
            Ok(value) => value,
        }
    }

    /// Returns a clone of the value under the key that `owner` owns, or of the value that `make`
    /// returns, after inserting that, unless `make` fails.
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
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let text = Arc::new(Slotted::new(String::from("12")));
    /// let numbers = WeakKeyMap::<_, u8>::new();
    /// assert!(numbers.get_or_try_insert_with(&text, || "twelve".parse()).is_err());
    /// assert_eq!(numbers.get_or_try_insert_with(&text, || text.parse()), Ok(12));
    /// ```
    #[track_caller]
    pub fn get_or_try_insert_with<P: Pointer<Referent = K>, E>(
        &self,
        owner: &P,
        make: impl FnOnce() -> Result<V, E>,
    ) -> Result<V, E>
    where
        C: CompareKeys<K>,
        V: Clone,
    {
        let mut make = Some(make);
        let mut mine = None;
        loop {
            let living = self.get_or_try_make(owner.strong(), || {
                let make = make.take().expect("what it has made is returned");
                let value = make()?;
                mine = Some(value.clone());
                Ok(value)
            })?;
            // Another thread may have removed the value by now. Then this thread returns its own.
            let value = living.value.read("get_or_insert_with", V::clone).or_else(|| mine.take());
            drop(living);
            if let Some(value) = value {
                // Dropped here, not at the end of the scope: a panic there would leak the result.
                drop((mine, make));
                return Ok(value);
            }
        }
    }

    #[track_caller]
    pub(super) fn get_or_try_make<E>(
        &self,
        owner: &StrongOf<K>,
        make: impl FnOnce() -> Result<V, E>,
    ) -> Result<KeyAndValue<K, V>, E>
    where
        C: Lookup<K, K>,
    {
        let mut query = KeyQuery::new(&self.hasher, owner);
        let make = |_: &KeyQuery<'_, _, _>| {
            Ok(KeyAndValue { key: owner.clone(), value: SharedValue::new(make()?) })
        };
        self.shards.get_or_try_make(&mut query, make, |guard, query, new| {
            let mut value = Some(new.value.clone());
            let inserted = Self::put(guard, &mut query.search, Keep::Entry, owner, &mut value);
            // Not the last handle, as the flight has one.
            drop(value);
            inserted
        })
    }
}
