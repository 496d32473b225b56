//! Sets that do not keep their elements alive: [`WeakSet`] and [`PtrWeakSet`].
//!
//! Their methods have the names and meanings of those of
//! [`HashSet`](std::collections::HashSet), with the same differences as between the
//! [maps](crate::map) and `HashMap`.

// In the order in which rustdoc shows the methods.
mod construct;

mod insert;

mod access;
mod single_flight;

mod iterate;
mod remove;
mod size;

mod algebra;
mod compare;
mod operators;
mod traits;

mod snapshot;

use std::{
    hash::RandomState,
    panic::{RefUnwindSafe, UnwindSafe},
};

pub use self::snapshot::{Drain, ExtractIf, IntoIter, Iter};
use crate::{
    Flavor, StrongOf, WeakRef, Weakrefable,
    container::{
        lookup::{ByAddress, ByEq},
        record::{Record, RecordHeader, Redirect, unregister},
        shards::Shards,
        weak_key::{self, WeakKeyed},
    },
    flavor::WeakOf,
    observer::Header,
};

/// A set that does not keep its elements alive: Python's `WeakSet`.
///
/// The set refers weakly to its elements. An element lives as long as it has an *owner*: a strong
/// pointer, `Rc<T>` or `Arc<T>`, as `T` has chosen. When the last owner is dropped, the element is
/// removed from the set, within that drop. Elements are compared by their `Eq` and `Hash`.
/// [`PtrWeakSet`] compares them by identity.
///
/// All methods take `&self`. A set of [`Shared`](crate::Shared) objects is `Send` and `Sync` if its
/// hasher is, and may be used by any number of threads.
///
/// # Examples
///
/// An interner: equal words are one object, as long as that has an owner.
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakSet};
///
/// let words = WeakSet::<Slotted<String>>::new();
/// let intern = |word: &str| {
///     words.get_or_insert_with(word, |word| Arc::new(Slotted::new(word.to_owned())))
/// };
/// let (hello, same) = (intern("hello"), intern("hello"));
/// assert!(Arc::ptr_eq(&hello, &same));
///
/// drop((hello, same));
/// assert!(words.is_empty());
/// ```
///
/// # Re-entrancy
///
/// `Hash`, closures, factories, removal listeners and the destructors of elements are called while
/// nothing is locked. They may use the set as they like.
///
/// Only `T`'s `Eq` is called in the middle of a search. It may drop owners of the set's elements,
/// and use other sets. If it uses the set that is being searched, that call panics; it does not
/// hang.
///
/// The same holds for the closure of [`get_by_hash`](Self::get_by_hash), which stands in the place
/// of `Eq`.
///
/// If user code panics, the set stays consistent.
///
/// # Iteration
///
/// [`for_each`](Self::for_each), [`retain`](Self::retain) and [`extract_if`](Self::extract_if) run
/// their closure while nothing is locked, so the closure may use the set.
///
/// - An element that is in the set during the whole iteration is shown exactly once. An element
///   that is inserted, replaced or removed meanwhile may be shown or not.
/// - The iteration takes owners of the elements of one shard, or of a part of it, at a time.
///   `retain` and `extract_if` keep each of them until the closure has returned for it; `for_each`
///   keeps all of them until the last has been shown. If all other owners of an element are dropped
///   meanwhile, the element is dropped there.
///
/// [`iter`](Self::iter) returns a snapshot, which owns the elements. Later changes of the set do
/// not affect it.
///
/// # Cost
///
/// As for [`WeakValueMap`](crate::WeakValueMap#cost). Besides, a search makes an owner of each
/// element that it compares by `Eq`.
pub type WeakSet<T, S = RandomState> = ObjectSet<T, ByEq<S>>;

/// A [`WeakSet`] that compares its elements by identity.
///
/// Two elements are the same if they are at the same address. `T` needs neither `Eq` nor `Hash`,
/// and may be a `dyn Trait`. A lookup takes an owner (`&owner`), or a reference to the object.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{PtrWeakSet, Shared, Weakrefable, new, weakrefable};
///
/// trait Listener: Weakrefable<Flavor = Shared> + Send + Sync {
///     fn hear(&self, message: &str);
/// }
///
/// #[weakrefable]
/// struct Printer {
///     name: String,
/// }
///
/// impl Listener for Printer {
///     fn hear(&self, message: &str) {
///         println!("{}: {message}", self.name);
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
pub type PtrWeakSet<T> = ObjectSet<T, ByAddress>;

/// The set behind [`WeakSet`] and [`PtrWeakSet`], generic over the way in which it compares
/// elements.
///
/// `C` is [`ByEq`] or [`ByAddress`].
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{PtrWeakSet, Slotted, WeakSet, set::ObjectSet};
///
/// fn total<C>(numbers: &ObjectSet<Slotted<u32>, C>) -> u32 {
///     numbers.iter().map(|number| **number).sum()
/// }
///
/// let [seven, eight] = [7, 8].map(|number| Arc::new(Slotted::new(number)));
/// assert_eq!(total(&WeakSet::from([seven.clone(), eight.clone()])), 15);
/// assert_eq!(total(&PtrWeakSet::from([seven.clone(), eight.clone()])), 15);
/// ```
pub struct ObjectSet<T: ?Sized + Weakrefable, C> {
    shards: Shards<T::Flavor, Element<T>>,
    hasher: C,
}

/// One element.
struct Element<T: ?Sized + Weakrefable> {
    header: RecordHeader,
    weak: WeakOf<T>,
}

impl<T: ?Sized + Weakrefable> UnwindSafe for Element<T> {}
impl<T: ?Sized + Weakrefable> RefUnwindSafe for Element<T> {}

impl<T: ?Sized + Weakrefable> Record<T::Flavor> for Element<T> {
    type Key = WeakOf<T>;
    type ListenerKey = WeakRef<T>;
    type Owners = Option<StrongOf<T>>;
    type Strong = StrongOf<T>;
    // What a caller looks for is only borrowed, so other callers cannot compare it: they compare
    // hashes.
    type FlightKey = ();
    type DropGlue = ();

    const REFERENTS: usize = 1;
    const LENDS_KEY: bool = false;

    #[inline]
    fn header(&self) -> &RecordHeader {
        &self.header
    }

    #[inline]
    fn key(&self) -> &WeakOf<T> {
        &self.weak
    }

    #[inline]
    fn is_dead(&self) -> bool {
        T::Flavor::is_dead(&self.weak)
    }

    fn refers_to(&self, referent: *const ()) -> bool {
        T::Flavor::as_ptr(&self.weak).cast::<()>() == referent
    }

    #[inline]
    fn owners(&self) -> Option<StrongOf<T>> {
        T::Flavor::upgrade(&self.weak)
    }

    #[inline]
    fn survivors(&self) -> Option<StrongOf<T>> {
        None
    }

    fn owners_except(&self, _: *const ()) -> Option<StrongOf<T>> {
        None
    }

    #[inline]
    fn has_owner(owner: &Option<StrongOf<T>>) -> bool {
        owner.is_some()
    }

    #[inline]
    fn upgrade(&self) -> Result<StrongOf<T>, Self::Owners> {
        T::Flavor::upgrade(&self.weak).ok_or(None)
    }

    #[inline]
    fn unregister(&self, owner: &Option<StrongOf<T>>, shard: *const Header) -> usize {
        unregister::<T>(owner.as_ref(), self.header.place(), self.header.hash(), shard)
    }

    fn redirect(&self, owner: &Option<StrongOf<T>>, redirect: Redirect) -> usize {
        redirect.one::<T>(owner.as_ref(), self.header.place(), self.header.hash())
    }

    fn show_key(&self, listener: &mut dyn FnMut(&WeakRef<T>)) {
        weak_key::show::<T>(&self.weak, listener);
    }
}

impl<T: ?Sized + Weakrefable> WeakKeyed<T> for Element<T> {
    fn upgrade_with(&self, element: StrongOf<T>) -> Result<StrongOf<T>, StrongOf<T>> {
        Ok(element)
    }
}
