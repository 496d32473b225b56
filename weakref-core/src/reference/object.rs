//! Functions of an object's weak references: counting, listing and clearing them.

use crate::{Flavor, StrongOf, WeakRef, Weakrefable, flavor::Pointer};

/// Returns whether the object has a weak reference without callback.
///
/// These are not registered: they are std `Weak`s. But `with_weak` registrations have one weak
/// pointer each, so if there are more of them, there is such a reference.
fn has_plain<T: ?Sized + Weakrefable>(owner: &StrongOf<T>, with_weak: usize) -> bool {
    T::Flavor::weak_count(owner) > with_weak
}

/// Returns the number of weak references to the object: Python's `getweakrefcount`.
///
/// Counts the references with callback, the live finalizers, the watches of queues and the entries
/// in weak containers. All references without callback count as one. These are std `Weak`s, so your
/// own `Weak`s count among them, and so does a reference that has lost its callback by
/// [`WeakRef::detach`] or [`clear_weakrefs`].
///
/// If an object is moved to another pointer, its previous registrations count until it is dropped,
/// and hide as many references without callback.
///
/// O(1); with finalizers made by [`finalize_on`](crate::finalize_on), O(n) in the count. In
/// `Shared`, holds the slot for a few instructions, and other threads can change the count at once.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakRef, weakref_count};
///
/// let owner = Arc::new(Slotted::new(7));
/// assert_eq!(weakref_count(&owner), 0);
/// let plain = WeakRef::new(&owner);
/// let same = WeakRef::new(&owner);
/// let called = WeakRef::with_callback(&owner, |_| ());
/// assert_eq!(weakref_count(&owner), 2);
/// # drop((plain, same, called));
/// ```
pub fn weakref_count<P: Pointer>(owner: &P) -> usize {
    count::<P::Referent>(owner.strong())
}

/// Returns the [`weakref_count`] of an object.
pub(crate) fn count<T: ?Sized + Weakrefable>(owner: &StrongOf<T>) -> usize {
    let (all, with_weak) = owner.weak_slot().counts();
    all + usize::from(has_plain::<T>(owner, with_weak))
}

/// Returns the weak references to the object: Python's `getweakrefs`.
///
/// The reference without callback comes first, if there is one, and then those with callback,
/// newest first. They are the same references as the program's, by [`WeakRef::ptr_eq`]. A reference
/// that was made through a pointer of another type, for instance before the pointer was coerced to
/// `dyn Trait`, is represented by a reference without callback. Container entries, finalizers,
/// watches, [`KeyedRef`](crate::KeyedRef)s and the callbacks of [`WeakMethod`](crate::WeakMethod)s
/// count in [`weakref_count`], but are not returned.
///
/// O(n), with an allocation for each reference. Holds the slot for a few references at a time.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakRef, weakrefs};
///
/// let owner = Arc::new(Slotted::new(7));
/// let first = WeakRef::with_callback(&owner, |_| ());
/// let second = WeakRef::with_callback(&owner, |_| ());
/// let all = weakrefs(&owner);
/// assert!(all[0].is_same_reference(&second) && all[1].is_same_reference(&first));
/// ```
pub fn weakrefs<P: Pointer<Referent: 'static>>(owner: &P) -> Vec<WeakRef<P::Referent>> {
    let (with_weak, handles) = owner.weak_slot().handles();
    let all = handles.len();
    let ours = handles.into_iter().map(|handle| handle.downcast::<WeakRef<_>>().ok());
    // References that are dead refer to a pointer that the object was in before.
    let is_dead =
        |handle: &Option<Box<WeakRef<_>>>| handle.as_ref().is_some_and(|weak| weak.is_dead());
    let living: Vec<_> = ours.filter(|handle| !is_dead(handle)).collect();
    let plain = has_plain::<P::Referent>(owner.strong(), with_weak - (all - living.len()))
        .then(|| WeakRef::new(owner));
    let registered =
        living.into_iter().map(|handle| handle.map_or_else(|| WeakRef::new(owner), |weak| *weak));
    plain.into_iter().chain(registered).collect()
}

/// Treats an object that is alive as if it were dropped.
///
/// All weak references with callback become dead, the object's entries leave all weak containers,
/// and then the callbacks and finalizers run, newest first.
///
/// References without callback are std `Weak`s, and are not changed. Registrations that the
/// callbacks make with the object remain.
///
/// O(n). Runs callbacks. A panic goes to the [unraisable hook](crate::set_unraisable_hook).
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakRef, clear_weakrefs};
///
/// let owner = Arc::new(Slotted::new(7));
/// let weak = WeakRef::with_callback(&owner, |weak| assert!(weak.upgrade().is_none()));
/// clear_weakrefs(&owner);
/// assert!(weak.is_dead());
/// ```
pub fn clear_weakrefs<P: Pointer>(owner: &P) {
    owner.weak_slot().clear(address(owner), false);
}

/// Like [`clear_weakrefs`], but runs no callback: a callback is dropped with its reference.
///
/// Container entries are removed. Finalizers stay alive: they run when they are called, or at the
/// [end of the program](crate::exit), and not when the object is dropped.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakRef, clear_weakrefs_silently};
///
/// let owner = Arc::new(Slotted::new(7));
/// let weak = WeakRef::with_callback(&owner, |_| unreachable!());
/// clear_weakrefs_silently(&owner);
/// assert!(weak.is_dead());
/// ```
pub fn clear_weakrefs_silently<P: Pointer>(owner: &P) {
    owner.weak_slot().clear(address(owner), true);
}

fn address<P: Pointer>(owner: &P) -> *const () {
    std::ptr::from_ref::<P::Referent>(owner).cast()
}
