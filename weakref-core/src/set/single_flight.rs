//! Insertion of the element that a factory makes.

use std::convert::Infallible;

use super::{Element, WeakSet};
use crate::{
    StrongOf, Weakrefable,
    container::{
        lookup::{ByEq, Lookup, sealed},
        single_flight::Query,
        table::{Keep, Table},
        weak_key::Search,
    },
};

impl<T: ?Sized + Weakrefable, S> WeakSet<T, S> {
    /// Returns an owner of the element that equals `wanted`, or adds the object that `make`
    /// returns.
    ///
    /// This is what an interner does. The object that `make` returns must equal `wanted`.
    ///
    /// `make` runs once for equal `wanted`, however many threads ask for it at the same time. The
    /// other threads wait, and get the same object, even if this thread drops it at once. Nothing
    /// is locked while `make` runs. It may use the set. If it panics, one of the waiting threads
    /// runs its own factory.
    ///
    /// If an equal element is [inserted](Self::insert) meanwhile, that one is returned, and the
    /// object that `make` returned is dropped.
    ///
    /// `make` must accept a reference of any lifetime. A closure that is written in the call does. In
    /// one that is stored in a variable, write the type of the parameter, `|word: &str| ..`; without
    /// it, the compiler reports that the closure "is not general enough".
    ///
    /// # Panics
    ///
    /// Panics if the object that `make` returns does not equal `wanted`.
    ///
    /// Panics if `make` waits in this library for a thread that waits for it. A wait that goes
    /// through anything else, such as a channel or a `join`, [is not
    /// detected](crate::docs::limitations#only-the-librarys-own-waits-are-watched), and is a deadlock.
    ///
    /// Panics if called [re-entrantly](crate::WeakSet#re-entrancy) from `T`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let words = WeakSet::<Slotted<String>>::new();
    /// let make = |word: &str| Arc::new(Slotted::new(word.to_owned()));
    /// let hello = words.get_or_insert_with("hello", make);
    /// let same = words.get_or_insert_with("hello", |_| unreachable!());
    /// assert!(Arc::ptr_eq(&hello, &same));
    /// ```
    ///
    /// A compiler's symbols, with the text and the slot in one allocation:
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// #[derive(Default)]
    /// struct Interner { symbols: WeakSet<Slotted<str>> }
    ///
    /// impl Interner {
    ///     fn symbol(&self, name: &str) -> Arc<Slotted<str>> {
    ///         self.symbols.get_or_insert_with(name, <Slotted<str>>::alloc)
    ///     }
    /// }
    ///
    /// let interner = Interner::default();
    /// let (x, y) = (interner.symbol("x"), interner.symbol("y"));
    /// assert!(Arc::ptr_eq(&x, &interner.symbol("x")) && !Arc::ptr_eq(&x, &y));
    /// let kind = match &**x { "if" | "while" => "keyword", _ => "name" };
    /// assert_eq!(kind, "name");
    /// ```
    #[track_caller]
    #[must_use = "the set does not own the element, which is dropped if nothing else owns it"]
    pub fn get_or_insert_with<Q: ?Sized>(
        &self,
        wanted: &Q,
        make: impl FnOnce(&Q) -> StrongOf<T>,
    ) -> StrongOf<T>
    where
        ByEq<S>: Lookup<T, Q> + Lookup<T, T>,
    {
        match self.get_or_try_insert_with(wanted, |wanted| Ok::<_, Infallible>(make(wanted))) {
            Ok(element) => element,
        }
    }

    /// Returns an owner of the element that equals `wanted`, or adds the object that `make`
    /// returns, unless `make` fails.
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
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let words = WeakSet::<Slotted<String>>::new();
    /// let intern = |word: &str| {
    ///     words.get_or_try_insert_with(word, |word| match word.contains(' ') {
    ///         true => Err("more than one word"),
    ///         false => Ok(Arc::new(Slotted::new(word.to_owned()))),
    ///     })
    /// };
    /// assert_eq!(**intern("hello").unwrap(), "hello");
    /// assert_eq!(intern("hello world"), Err("more than one word"));
    /// ```
    #[track_caller]
    pub fn get_or_try_insert_with<Q: ?Sized, E>(
        &self,
        wanted: &Q,
        make: impl FnOnce(&Q) -> Result<StrongOf<T>, E>,
    ) -> Result<StrongOf<T>, E>
    where
        ByEq<S>: Lookup<T, Q> + Lookup<T, T>,
    {
        let hasher = &self.hasher;
        let mut query = ElementQuery { search: Search::new(hasher, wanted), hasher };
        let make = |query: &ElementQuery<'_, T, Q, ByEq<S>>| {
            let new = make(query.search.wanted).map_err(Failure::Own)?;
            let hash = Search::<T, T>::new(query.hasher, &*new).hash;
            let is_equal = hash == query.search.hash
                && <ByEq<S> as sealed::Lookup<T, Q>>::equals(&*new, query.search.wanted);
            if is_equal { Ok(new) } else { Err(Failure::Unequal) }
        };
        let result = self.shards.get_or_try_make(&mut query, make, |guard, query, new| {
            Self::put(guard, &mut query.search, Keep::Entry, new)
        });
        match result {
            Ok(element) => Ok(element),
            Err(Failure::Own(error)) => Err(error),
            // Not in a closure, so that the panic names the caller's line.
            Err(Failure::Unequal) => panic!(
                "the factory of `get_or_insert_with` returned an object that is not what was \
                 wanted: let it return one that equals its argument, and has the same hash"
            ),
        }
    }
}

/// Why a factory has made no element.
enum Failure<E> {
    /// The factory has returned this error.
    Own(E),
    /// The factory has returned another object than the one that was wanted.
    Unequal,
}

/// The query of `get_or_insert_with`.
struct ElementQuery<'a, T: ?Sized + Weakrefable, Q: ?Sized, H> {
    search: Search<'a, T, Q>,
    hasher: &'a H,
}

impl<T, Q, H> Query<T::Flavor, Element<T>> for ElementQuery<'_, T, Q, H>
where
    T: ?Sized + Weakrefable,
    Q: ?Sized,
    H: Lookup<T, Q>,
{
    const BY_HASH: bool = true;

    fn hash(&self) -> u32 {
        self.search.hash
    }

    fn find(&mut self, table: &Table<T::Flavor, Element<T>>) -> Option<StrongOf<T>> {
        let element = table.find(self.search.hash, self.search.by::<H>())?;
        self.search.owner(&element.weak)
    }

    fn is_made_by(&self, (): &()) -> bool {
        true
    }

    fn accepts(&self, made: &StrongOf<T>) -> bool {
        H::equals(made, self.search.wanted)
    }

    fn flight_key(&mut self) {}

    fn take_back(&mut self, (): ()) {}

    fn release(&mut self) {
        self.search.release();
    }
}
