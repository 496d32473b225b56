//! A list that does not keep its elements alive: [`WeakList`].
//!
//! Its methods have the names and meanings of those of [`VecDeque`](std::collections::VecDeque),
//! with the same differences as between the [maps](crate::map) and `HashMap`. An element is known
//! by a [key](ListKey), and not by its index, as its neighbours can leave at any moment.

// In the order in which rustdoc shows the methods.
mod construct;

mod insert;

mod access;
mod remove;

mod iterate;
mod traits;

mod key;
mod observer;
mod slab;
mod snapshot;

pub use self::{
    key::ListKey,
    snapshot::{Drain, IntoIter, Iter},
};
use crate::{Weakrefable, unraisable::FirstPanic};
use observer::Root;

/// An ordered list that does not keep its elements alive.
///
/// The list refers weakly to its elements. An element lives as long as it has an *owner*: a strong
/// pointer, `Rc<T>` or `Arc<T>`, as `T` has chosen. When the last owner is dropped, the element
/// leaves the list, within that drop. The other elements stay in their order. An object can be in
/// the list several times. `T` needs neither `Eq` nor `Hash`, and may be a `dyn Trait`.
///
/// All methods take `&self`. A list of [`Shared`](crate::Shared) objects is `Send` and `Sync`, and
/// may be used by any number of threads.
///
/// Use a list for observers that are called in the order in which they have subscribed, and to
/// remove one of them by its [key](ListKey). Use a [`PtrWeakSet`](crate::PtrWeakSet) if the order
/// does not matter and an object must not be in it twice, or if you look for objects: a list that
/// is asked for an object looks at one element after the other. The crate's page compares it
/// with [other ways to call listeners](crate::docs::choosing#listeners).
///
/// # Examples
///
/// Observers, called in order.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use weakref_core::{Local, WeakList, Weakrefable, new, weakrefable};
///
/// trait Observer: Weakrefable<Flavor = Local> {
///     fn changed(&self, value: u32);
/// }
///
/// #[weakrefable(local)]
/// struct Recorder {
///     name: &'static str,
///     log: Rc<RefCell<Vec<String>>>,
/// }
///
/// impl Observer for Recorder {
///     fn changed(&self, value: u32) {
///         self.log.borrow_mut().push(format!("{}: {value}", self.name));
///     }
/// }
///
/// let log = Rc::new(RefCell::new(Vec::new()));
/// let recorder = |name| -> Rc<dyn Observer> { Rc::new(new!(Recorder { name, log: log.clone() })) };
/// let [first, second, third] = ["first", "second", "third"].map(recorder);
///
/// let observers = WeakList::<dyn Observer>::new();
/// let first_key = observers.push(&first);
/// observers.push(&second);
/// observers.push(&third);
///
/// observers.for_each(|observer| observer.changed(1));
/// observers.remove(first_key);
/// drop(second);
/// observers.for_each(|observer| observer.changed(2));
/// assert_eq!(*log.borrow(), ["first: 1", "second: 1", "third: 1", "third: 2"]);
/// ```
///
/// A signal with closures as listeners, each of which stays as long as its connection is kept.
///
/// ```
/// use std::{cell::Cell, rc::Rc};
/// use weakref_core::{Local, Slotted, WeakList};
///
/// type Listener<A> = Slotted<dyn Fn(&A), Local>;
///
/// #[derive(Default)]
/// struct Signal<A: 'static> { listeners: WeakList<Listener<A>> }
///
/// impl<A> Signal<A> {
///     fn connect(&self, listener: impl Fn(&A) + 'static) -> Rc<Listener<A>> {
///         let connection: Rc<Listener<A>> = Rc::new(Slotted::new(listener));
///         self.listeners.push(&connection);
///         connection
///     }
///
///     fn emit(&self, event: &A) {
///         self.listeners.for_each(|listener| listener(event));
///     }
/// }
///
/// let (signal, sum) = (Signal::default(), Rc::new(Cell::new(0)));
/// let connection = signal.connect({
///     let sum = Rc::clone(&sum);
///     move |number| sum.set(sum.get() + number)
/// });
/// signal.emit(&3);
/// drop(connection);
/// signal.emit(&4);
/// assert_eq!(sum.get(), 3);
/// ```
///
/// # Re-entrancy
///
/// Closures and the destructors of elements run while nothing is locked. They may use the list as
/// they like. If they panic, the list stays consistent.
///
/// # Iteration
///
/// [`for_each`](Self::for_each) and [`retain`](Self::retain) show the elements from the first to
/// the last, and run their closure while nothing is locked, so the closure may use the list.
///
/// - An element that is in the list during the whole iteration is shown exactly once.
/// - An element that is inserted meanwhile is not shown.
/// - An element that was removed before its turn is not shown, by whichever closure or thread, if
///   that has happened before. If another thread removes it at the same moment, it may be shown.
/// - The iteration begins by taking owners of all elements. `retain` keeps each of them until the
///   closure has returned for it; `for_each` keeps all of them until the last has been shown. If
///   all other owners of an element are dropped meanwhile, the element is still shown, and dropped
///   there.
///
/// [`iter`](Self::iter) returns a snapshot, which owns the elements. Later changes of the list do
/// not affect it.
///
/// # Objects that are moved out
///
/// As in the other containers, an object that is
/// [moved out of its pointer](crate::WeakValueMap#referents-that-are-moved-out) cannot be found any
/// more, but its element counts in [`len`](Self::len) until the value is dropped.
/// [`retain`](Self::retain), [`pop_front`](Self::pop_front), [`pop_back`](Self::pop_back) and
/// [`clear`](Self::clear) remove it, and [`remove`](Self::remove) does so by its key.
///
/// # Cost
///
/// A list is one word. It allocates nothing before the first insertion, then one block for itself
/// and one array of entries of 24 bytes (32 if `T` is not `Sized`), which grows as a `Vec` does. A
/// large array is freed when the last element has left. Each element is a registration in the
/// [slot](crate::WeakSlot#cost) of its object.
///
/// Insertion and removal by a key take O(1), wherever they are in the list, and so does a drop of
/// an object. None of them calls code of yours. An iteration allocates a list of owners, which it
/// takes under one lock; `for_each` of a single element does not. A drop of an object never waits
/// for another thread: if one is using the list, the drop leaves the removal to it.
#[doc(alias = "signal", alias = "observers", alias = "listeners")]
pub struct WeakList<T: ?Sized + Weakrefable> {
    root: Root<T>,
}

/// Drops owners that may be the last ones. All are dropped, even if one of the drops panics: then
/// the first panic is resumed, and later ones go to the unraisable hook.
fn drop_all<P>(owners: Vec<P>) {
    let mut panic = FirstPanic::default();
    for owner in owners {
        panic.drop::<P>(owner);
    }
    panic.resume();
}
