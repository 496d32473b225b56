//! Sets whose elements go when they die: `WeakSet` and `PtrWeakSet`.
//!
//! To [`HashSet`](std::collections::HashSet), they are what the [maps](crate::map) are to `HashMap`.

mod algebra;
mod face;
mod iter;

use std::{
    convert::Infallible,
    fmt,
    hash::RandomState,
    ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Sub, SubAssign},
    panic::{RefUnwindSafe, UnwindSafe},
};

use hashbrown::hash_table;

pub use self::iter::{Drain, ExtractIf, IntoIter, Iter};
use crate::{
    Flavor, Pointer, Stored, StrongOf, WeakRef, Weakrefable,
    flavor::WeakOf,
    map::{
        ByAddress, Lookup, RemovalCause,
        cell::KeyCell,
        face::{by_address, hashed, whole},
        factory::Wanted,
        gone::{self, Gone},
        shard::{Inside, Shards},
        table::{Entry, Keep, Table, unregister},
        weak::{self, Search},
    },
    observer::Head,
};

/// One element.
struct Element<T: ?Sized + Weakrefable>(KeyCell<WeakOf<T>>);

impl<T: ?Sized + Weakrefable> UnwindSafe for Element<T> {}
impl<T: ?Sized + Weakrefable> RefUnwindSafe for Element<T> {}

impl<T: ?Sized + Weakrefable> Entry<T::Flavor> for Element<T> {
    type Key = WeakOf<T>;
    type Told = WeakRef<T>;
    type Owners = Option<StrongOf<T>>;
    type Living = StrongOf<T>;
    // What is wanted is only borrowed, so others cannot look at it: they go by its hash.
    type Making = ();
    type User = ();

    const IS_PAIR: bool = false;

    #[inline]
    fn cell(&self) -> &KeyCell<WeakOf<T>> {
        &self.0
    }

    fn cell_mut(&mut self) -> &mut KeyCell<WeakOf<T>> {
        &mut self.0
    }

    fn into_cell(self) -> KeyCell<WeakOf<T>> {
        self.0
    }

    #[inline]
    fn is_dead(&self) -> bool {
        T::Flavor::is_dead(weak::key(&self.0))
    }

    fn is_of(&self, referent: *const ()) -> bool {
        T::Flavor::as_ptr(weak::key(&self.0)).cast::<()>() == referent
    }

    #[inline]
    fn owners(&self) -> Option<StrongOf<T>> {
        T::Flavor::upgrade(weak::key(&self.0))
    }

    #[inline]
    fn survivors(&self) -> Option<StrongOf<T>> {
        None
    }

    fn others(&self, _: *const ()) -> Option<StrongOf<T>> {
        None
    }

    #[inline]
    fn is_owned(owner: &Option<StrongOf<T>>) -> bool {
        owner.is_some()
    }

    #[inline]
    fn upgrade(&self) -> Result<StrongOf<T>, Self::Owners> {
        T::Flavor::upgrade(weak::key(&self.0)).ok_or(None)
    }

    #[inline]
    fn unregister(&self, owner: &Option<StrongOf<T>>, shard: *const Head) -> usize {
        unregister::<T>(owner.as_ref(), self.0.place_in_slot(), self.0.hash(), shard)
    }

    fn show_key(key: &WeakOf<T>, listener: &mut dyn FnMut(&WeakRef<T>)) {
        weak::show::<T>(key, listener);
    }
}

face::weak_set! {
    /// A set that does not keep its elements alive: Python's `WeakSet`.
    ///
    /// An element goes when it dies, inside the drop of its last owner. Elements are `Rc<T>` or
    /// `Arc<T>`, as `T` has chosen, and are compared by their `Eq`; [`PtrWeakSet`] goes by identity.
    ///
    /// All methods take `&self`. A set of [`Shared`](crate::Shared) objects is `Send` and `Sync` if its
    /// hasher is, and takes any number of threads; it is split into shards. The user's code runs as
    /// with [`WeakValueMap`](crate::WeakValueMap#the-users-code).
    ///
    /// # Cost
    ///
    /// As [`WeakValueMap`](crate::WeakValueMap#cost); a search makes an owner of the element that it
    /// compares.
    ///
    /// # Examples
    ///
    /// An interner: equal words are one object, as long as anybody uses it.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let words = WeakSet::<Slotted<String>>::new();
    /// let intern = |word: &str| words.get_or_insert_with(word, |word| Arc::new(Slotted::new(word.to_owned())));
    /// let (one, two) = (intern("word"), intern("word"));
    /// assert!(Arc::ptr_eq(&one, &two));
    ///
    /// drop((one, two));
    /// assert!(words.is_empty());
    /// ```
    WeakSet [S = RandomState] [S2] S, S2
}

hashed! {
    impl [T: ?Sized + Weakrefable] WeakSet[T] for [Slotted<u32>]
    where [T: Stored<T::Flavor>,]
}

face::weak_set! {
    /// A [`WeakSet`] of objects themselves, whatever they contain.
    ///
    /// Two elements are the same if they stand at the same address; neither `Eq` nor `Hash` is needed,
    /// and a `dyn Trait` can be an element. It is asked for `&owner`, or for a reference to the object.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{PtrWeakSet, Shared, Weakrefable, weakrefable, new};
    ///
    /// trait Listener: Weakrefable<Flavor = Shared> + Send + Sync {
    ///     fn hear(&self, what: &str);
    /// }
    ///
    /// #[weakrefable]
    /// struct Printer { name: String }
    ///
    /// impl Listener for Printer {
    ///     fn hear(&self, what: &str) {
    ///         println!("{}: {what}", self.name);
    ///     }
    /// }
    ///
    /// let listeners = PtrWeakSet::<dyn Listener>::new();
    /// let printer: Arc<dyn Listener> = Arc::new(new!(Printer { name: "one".into() }));
    /// listeners.insert(&printer);
    /// listeners.for_each(|listener| listener.hear("hello"));
    ///
    /// drop(printer);
    /// assert!(listeners.is_empty());
    /// ```
    PtrWeakSet [] [] ByAddress, ByAddress
}

by_address! {
    impl [T: ?Sized + Weakrefable] PtrWeakSet[T] for [Slotted<u32>]
    where [T: Stored<T::Flavor>,]
}

impl<T: ?Sized + Weakrefable, S> WeakSet<T, S> {
    /// Returns the element that equals `wanted`, or adds the one that `make` returns, which must equal
    /// it: an interner's whole job.
    ///
    /// `make` runs once for what is wanted, however many threads ask for it at the same moment: the
    /// others wait and get the same object, even if this one drops it at once. Nothing is locked while
    /// it runs: it may use the set. If it panics, the next one who waits tries. If it has added an equal
    /// element itself, that one is returned, and the one made is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let words = WeakSet::<Slotted<String>>::new();
    /// let word = words.get_or_insert_with("word", |word| Arc::new(Slotted::new(word.to_owned())));
    /// let same = words.get_or_insert_with("word", |_| unreachable!());
    /// assert!(Arc::ptr_eq(&word, &same));
    /// ```
    ///
    /// # Panics
    ///
    /// If what `make` returns does not equal `wanted`; or if `make` waits for another thread that
    /// waits for it in turn.
    pub fn get_or_insert_with<Q: ?Sized>(
        &self,
        wanted: &Q,
        make: impl FnOnce(&Q) -> StrongOf<T>,
    ) -> StrongOf<T>
    where
        S: Lookup<T, Q> + Lookup<T, T>,
    {
        match self.get_or_try_insert_with(wanted, |wanted| Ok::<_, Infallible>(make(wanted))) {
            Ok(element) => element,
        }
    }

    /// The same with a `make` that can fail. Then the next one who waits tries.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let words = WeakSet::<Slotted<String>>::new();
    /// let result = words.get_or_try_insert_with("a word", |word| match word.contains(' ') {
    ///     true => Err("more than one word"),
    ///     false => Ok(Arc::new(Slotted::new(word.to_owned()))),
    /// });
    /// assert_eq!(result, Err("more than one word"));
    /// ```
    ///
    /// # Panics
    ///
    /// As [`get_or_insert_with`](Self::get_or_insert_with).
    ///
    /// # Errors
    ///
    /// That of `make`.
    pub fn get_or_try_insert_with<Q: ?Sized, E>(
        &self,
        wanted: &Q,
        make: impl FnOnce(&Q) -> Result<StrongOf<T>, E>,
    ) -> Result<StrongOf<T>, E>
    where
        S: Lookup<T, Q> + Lookup<T, T>,
    {
        let mut wanted = Wish { search: Search::new(&self.hasher, wanted), hasher: &self.hasher };
        let make = |wish: &Wish<'_, T, Q, S>| {
            let new = make(wish.search.wanted)?;
            let hash = Search::<T, T>::new(wish.hasher, &*new).hash;
            let equal = hash == wish.search.hash && S::equals(&*new, wish.search.wanted);
            assert!(
                equal,
                "what the factory of `get_or_insert_with` returned is not what was wanted"
            );
            Ok(new)
        };
        self.shards.get_or_try_make(&mut wanted, make, |inside, wish, new| {
            let hash = wish.search.hash;
            let (found, _, mut registrar) = inside.search(hash, wish.search.by::<S>());
            match found {
                hash_table::Entry::Occupied(there) => {
                    (wish.search.owner(weak::key(&there.get().0)), None)
                }
                hash_table::Entry::Vacant(vacant) => {
                    let place = registrar.register(new.weak_slot());
                    vacant.insert(Element(KeyCell::new(hash, place, T::Flavor::downgrade(new))));
                    (None, None)
                }
            }
        })
    }
}

/// What `get_or_insert_with` is asked for.
struct Wish<'a, T: ?Sized + Weakrefable, Q: ?Sized, H> {
    search: Search<'a, T, Q>,
    hasher: &'a H,
}

impl<T, Q, H> Wanted<T::Flavor, Element<T>> for Wish<'_, T, Q, H>
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
        self.search.owner(weak::key(&element.0))
    }

    fn is_made_for(&self, (): &()) -> bool {
        true
    }

    fn accepts(&self, made: &StrongOf<T>) -> bool {
        H::equals(made, self.search.wanted)
    }

    fn making(&mut self) {}

    fn unmake(&mut self, (): ()) {}

    fn release(&mut self) {
        self.search.release();
    }
}
