//! The functions of finalizers: those that see the object, and those that do not.
#![allow(unsafe_code)]

use std::ptr::NonNull;

use crate::Weakrefable;

/// A type whose finalizers can see the object while it is being dropped: the bound of
/// [`finalize_with`](crate::finalize_with).
///
/// Implemented for [`Slotted`](crate::Slotted), and for all types with
/// [`#[weakrefable]`](macro@crate::weakrefable) or
/// [`#[derive(Weakrefable)]`](macro@crate::Weakrefable), unless they have the option
/// `drop = "slot"`: then it is the slot's drop that notifies, which does not know the object.
///
/// # Safety
///
/// Only the macros implement this trait. `weak_slot` returns a field of the object, and the object's
/// `Drop` passes all of it to the hidden function that notifies, before it does anything else.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Shared, Slotted, finalize_with, finalizer::LastLook};
///
/// fn log_end<T: LastLook<Flavor = Shared> + ToString + Send + Sync + 'static>(object: &Arc<T>) {
///     finalize_with(object, |object| {
///         if let Some(object) = object {
///             println!("in the end: {}", object.to_string());
///         }
///     });
/// }
///
/// let object = Arc::new(Slotted::new(7));
/// log_end(&object);
/// drop(object); // prints "in the end: 7"
/// ```
#[diagnostic::on_unimplemented(
    message = "the finalizers of a `{Self}` cannot see the object",
    label = "the drop of this type does not show the object to its finalizers",
    note = "`Slotted` shows it, and so do types with `#[weakrefable]` or `#[derive(Weakrefable)]`, but \
            not with the option `drop = \"slot\"`: the drop of a slot does not know the object",
    note = "in place of `drop = \"slot\"`, use `on_drop = path`; or use `finalize`, with a function that \
            does not need the object"
)]
pub unsafe trait LastLook: Weakrefable {}

/// A function of a finalizer of a `T`: any `FnOnce() -> R`, or a [`WithObject`].
///
/// This trait is sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::{Finalizer, Weakrefable, finalizer::FinalizerFunction};
///
/// /// Calls a finalizer of any kind.
/// fn close<T: Weakrefable, F: FinalizerFunction<T>>(finalizer: &Finalizer<T, F>) {
///     finalizer.call();
/// }
/// ```
pub trait FinalizerFunction<T: ?Sized + Weakrefable>: sealed::Sealed<T> + Sized {
    /// What the function returns.
    type Output;

    /// Whether the function sees the object.
    #[doc(hidden)]
    const SEES_OBJECT: bool;

    /// Returns the object at this address. Called only if `SEES_OBJECT`.
    ///
    /// # Safety
    ///
    /// The pointer can be turned into a reference to a `T` that is valid for `'a`.
    #[doc(hidden)]
    unsafe fn see<'a>(object: NonNull<()>) -> &'a T;

    /// Calls the function, with the object if it sees it.
    #[doc(hidden)]
    fn call(self, object: Option<&T>) -> Self::Output;
}

impl<T: ?Sized + Weakrefable, F: FnOnce() -> R, R> FinalizerFunction<T> for F {
    type Output = R;

    const SEES_OBJECT: bool = false;

    unsafe fn see<'a>(_: NonNull<()>) -> &'a T {
        unreachable!("it does not see the object")
    }

    #[inline]
    fn call(self, _: Option<&T>) -> R {
        self()
    }
}

/// The function of a finalizer that sees the object: what [`finalize_with`](crate::finalize_with)
/// makes of its function.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, finalize_with, finalizer::WithObject};
///
/// let object = Arc::new(Slotted::new(7));
/// let finalizer = finalize_with(&object, |object| object.map(|seven| **seven));
/// let (owner, WithObject(function)) = finalizer.detach().unwrap();
/// assert_eq!(function(owner.as_deref()), Some(7));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WithObject<F>(pub F);

impl<T: LastLook, F: FnOnce(Option<&T>) -> R, R> FinalizerFunction<T> for WithObject<F> {
    type Output = R;

    const SEES_OBJECT: bool = true;

    unsafe fn see<'a>(object: NonNull<()>) -> &'a T {
        // SAFETY: as promised by the caller.
        unsafe { object.cast().as_ref() }
    }

    #[inline]
    fn call(self, object: Option<&T>) -> R {
        (self.0)(object)
    }
}

mod sealed {
    #[allow(unnameable_types)]
    pub trait Sealed<T: ?Sized> {}
    impl<T: ?Sized, F: FnOnce() -> R, R> Sealed<T> for F {}
    impl<T, F: FnOnce(Option<&T>) -> R, R> Sealed<T> for super::WithObject<F> {}
}
