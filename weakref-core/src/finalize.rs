//! `Finalizer`: a function that runs when an object dies, or when the program ends.

mod node;

use std::{
    any::type_name,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
};

use crate::{Callback, MaybeSend, Pointer, StrongOf, Weakrefable};
use node::Handle;

/// Has `function` run when the object dies, or at the end of the program: Python's `finalize`.
///
/// It runs once, in the thread that drops the last owner and inside that drop, in one sequence with the
/// callbacks and container entries of the object, newest first. What the function returns is dropped; a
/// panic goes to the [unraisable hook](crate::set_unraisable_hook). If the object is still alive when
/// the program ends, the function runs then (see [`exit`](crate::exit)), unless
/// [`set_atexit`](Finalizer::set_atexit) has said otherwise.
///
/// The finalizer lives by itself: to drop what this returns cancels nothing. With it, the function can
/// be [called](Finalizer::call) before its time, or [taken back](Finalizer::detach).
///
/// The function owns what it uses. If it owns the object, that lives to the end of the program.
///
/// Costs one allocation (from the object's second registration on, the growth of a list), and in
/// `Shared` holds the slot and the registry of the end for a few instructions each. All operations are
/// O(1), however many finalizers there are.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, atomic::{AtomicBool, Ordering}};
/// use weakref_core::{finalize, new, weakrefable};
///
/// #[weakrefable]
/// struct Session { user: String }
///
/// static CLOSED: AtomicBool = AtomicBool::new(false);
///
/// let session = Arc::new(new!(Session { user: "ann".into() }));
/// finalize(&session, || CLOSED.store(true, Ordering::Relaxed));
/// drop(session);
/// assert!(CLOSED.load(Ordering::Relaxed));
/// ```
///
/// # Panics
///
/// If the operating system has no room for one more exit handler; it is asked once.
pub fn finalize<P, T, F, R>(owner: &P, function: F) -> Finalizer<T, F>
where
    P: Pointer<Referent = T>,
    T: ?Sized + Weakrefable + 'static,
    F: FnOnce() -> R + Callback<T, T::Flavor>,
{
    Finalizer(Handle::register_owned(owner, function))
}

/// The same as [`finalize`] for an object that is not in a pointer, or not yet: on the stack, inside
/// of another, in its own constructor.
///
/// The function runs when the value is dropped, wherever it has been moved by then. As there is no
/// owner, [`peek`](Finalizer::peek) and [`detach`](Finalizer::detach) give none.
///
/// Costs what [`finalize`] costs. A finalizer that has been called or detached leaves 16 to 24 bytes in
/// the value's slot, which cannot be reached from it; the slot gives them back when it would have to
/// grow, or when it is counted. So that does not grow, amortized O(1).
///
/// # Examples
///
/// ```
/// use weakref_core::{finalize_on, WeakSlot, Weakrefable};
///
/// #[derive(Weakrefable)]
/// struct Lock { path: &'static str, slot: WeakSlot }
///
/// impl Lock {
///     fn new(path: &'static str) -> Self {
///         let lock = Self { path, slot: WeakSlot::new() };
///         finalize_on(&lock, move || println!("{path} is free"));
///         lock
///     }
/// }
///
/// let lock = Lock::new("a.lock");
/// drop(lock); // prints "a.lock is free"
/// ```
///
/// # Panics
///
/// If the operating system has no room for one more exit handler; it is asked once.
pub fn finalize_on<T, F, R>(value: &T, function: F) -> Finalizer<T, F>
where
    T: ?Sized + Weakrefable,
    F: FnOnce() -> R + MaybeSend<T::Flavor>,
{
    Finalizer(Handle::register_unowned(value, function))
}

/// A function that runs when an object dies, or when the program ends: what [`finalize`] returns.
///
/// It can be dropped at once: the finalizer lives by itself. A clone is the same finalizer; so are two
/// that are equal.
///
/// A finalizer is alive until its function has been called or taken back. When several threads call
/// one, or its object dies meanwhile, one of them runs it. Between the death of the object and its own
/// turn in the sequence it is still alive, can be called and detached, and shows no object.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, finalize};
///
/// let object = Arc::new(Slotted::new("object"));
/// let finalizer = finalize(&object, || "called");
/// assert_eq!(finalizer.call(), Some("called"));
/// assert_eq!(finalizer.call(), None);
/// assert!(!finalizer.is_alive());
/// ```
pub struct Finalizer<T: ?Sized + Weakrefable, F>(Handle<T, F>);

impl<T: ?Sized + Weakrefable, F> Finalizer<T, F> {
    /// Calls the function now and returns what it returns, or `None` if it has been called or taken
    /// back, or if the program is [over](crate::exit).
    ///
    /// O(1) beside the function. While another thread is in the middle of a [`peek`](Self::peek),
    /// waits for its end.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, finalize};
    ///
    /// let object = Arc::new(Slotted::new(7));
    /// let finalizer = finalize(&object, || "called");
    /// assert_eq!(finalizer.call(), Some("called"));
    /// drop(object); // too late
    /// assert_eq!(finalizer.call(), None);
    /// ```
    ///
    /// # Panics
    ///
    /// If the function does: then the finalizer is dead all the same. Inside of its own
    /// [`peek`](Self::peek), or if the wait would never end.
    #[track_caller]
    pub fn call<R>(&self) -> Option<R>
    where
        F: FnOnce() -> R,
    {
        let (function, _owner) = self.0.take()?;
        (!crate::exit::is_over()).then(function)
    }

    /// Forgets the function, and returns the object, if it lives, and the function; or `None` if it has
    /// been called or taken back.
    ///
    /// O(1). While another thread is in the middle of a [`peek`](Self::peek), waits for its end.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, finalize};
    ///
    /// let object = Arc::new(Slotted::new(7));
    /// let finalizer = finalize(&object, || "called");
    /// let (owner, function) = finalizer.detach().unwrap();
    /// assert!(Arc::ptr_eq(&owner.unwrap(), &object));
    /// assert_eq!(function(), "called");
    /// assert!(finalizer.detach().is_none());
    /// ```
    ///
    /// # Panics
    ///
    /// Inside of its own [`peek`](Self::peek), or if the wait would never end.
    #[track_caller]
    pub fn detach(&self) -> Option<(Option<StrongOf<T>>, F)> {
        self.0.take().map(|(function, owner)| (owner, function))
    }

    /// Calls `look` with the object, if it lives, and the function, which stay as they are; returns
    /// what it returns, or `None` if the function has been called or taken back.
    ///
    /// Nobody else can have the function meanwhile: other threads that call, detach or peek wait until
    /// `look` returns. Neither a death nor the end of the program waits, nor the drop of a
    /// [guard](Self::guard): what they have to do is done here, when `look` has returned.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, finalize};
    ///
    /// let object = Arc::new(Slotted::new(7));
    /// let finalizer = finalize(&object, || ());
    /// assert_eq!(finalizer.peek(|object, _| ***object.unwrap()), Some(7));
    /// assert!(finalizer.is_alive());
    /// ```
    ///
    /// # Panics
    ///
    /// If `look` does. Inside of its own `peek`, or if the wait would never end.
    #[track_caller]
    pub fn peek<R, U>(&self, look: impl FnOnce(Option<&StrongOf<T>>, &F) -> U) -> Option<U>
    where
        F: FnOnce() -> R,
    {
        self.0.peek(look)
    }

    /// Returns whether the function is still to be called.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, finalize};
    ///
    /// let object = Arc::new(Slotted::new(7));
    /// let finalizer = finalize(&object, || ());
    /// assert!(finalizer.is_alive());
    /// drop(object);
    /// assert!(!finalizer.is_alive());
    /// ```
    pub fn is_alive(&self) -> bool {
        self.0.is_alive()
    }

    /// Returns whether the function runs at the end of the program, if it has not been called before:
    /// true unless [`set_atexit`](Self::set_atexit) has said otherwise, false if it is dead.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, finalize};
    ///
    /// let object = Arc::new(Slotted::new(7));
    /// let finalizer = finalize(&object, || ());
    /// assert!(finalizer.atexit());
    /// finalizer.call();
    /// assert!(!finalizer.atexit());
    /// ```
    pub fn atexit(&self) -> bool {
        self.0.atexit()
    }

    /// Says whether the function runs at the end of the program; where it has been called already, does
    /// nothing.
    ///
    /// O(1). Counts up to the moment when its turn comes, also for finalizers that run at the end.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, exit, finalize};
    ///
    /// let object = Arc::new(Slotted::new(7));
    /// let finalizer = finalize(&object, || ());
    /// finalizer.set_atexit(false);
    /// exit::run();
    /// assert!(finalizer.is_alive());
    /// ```
    pub fn set_atexit(&self, atexit: bool) {
        self.0.set_atexit(atexit);
    }

    /// Returns a guard, which takes the function back when it is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, finalize};
    ///
    /// let object = Arc::new(Slotted::new(7));
    /// {
    ///     let _guard = finalize(&object, || unreachable!()).guard();
    /// }
    /// drop(object);
    /// ```
    pub fn guard(self) -> FinalizerGuard<T, F> {
        FinalizerGuard { finalizer: self }
    }
}

impl<T: ?Sized + Weakrefable, F> Clone for Finalizer<T, F> {
    /// Returns the same finalizer once more.
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized + Weakrefable, F> PartialEq for Finalizer<T, F> {
    /// Returns whether the two are the same finalizer.
    fn eq(&self, other: &Self) -> bool {
        self.0.address() == other.0.address()
    }
}

impl<T: ?Sized + Weakrefable, F> Eq for Finalizer<T, F> {}

impl<T: ?Sized + Weakrefable, F> Hash for Finalizer<T, F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.address().hash(state);
    }
}

impl<T: ?Sized + Weakrefable, F> fmt::Debug for Finalizer<T, F> {
    /// Writes the type of the object, with the address that it had if it was in a pointer; or `dead` once
    /// the finalizer is. Calls into neither object nor function.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = type_name::<T>();
        match self.0.object() {
            _ if !self.is_alive() => write!(f, "Finalizer({name}, dead)"),
            Some(address) => write!(f, "Finalizer({name} at {address:p})"),
            None => write!(f, "Finalizer({name})"),
        }
    }
}

/// A finalizer that is taken back when this is dropped: what [`Finalizer::guard`] returns.
///
/// It gives access to the [`Finalizer`]. If the object dies before, or the program ends, the function
/// runs as it does without a guard.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, finalize};
///
/// let object = Arc::new(Slotted::new(7));
/// let guard = finalize(&object, || "called").guard();
/// let finalizer = guard.clone();
/// assert!(finalizer.is_alive());
/// drop(guard);
/// assert!(!finalizer.is_alive());
/// ```
#[must_use = "the finalizer is taken back when its guard is dropped"]
pub struct FinalizerGuard<T: ?Sized + Weakrefable, F> {
    finalizer: Finalizer<T, F>,
}

impl<T: ?Sized + Weakrefable, F> Deref for FinalizerGuard<T, F> {
    type Target = Finalizer<T, F>;

    fn deref(&self) -> &Finalizer<T, F> {
        &self.finalizer
    }
}

impl<T: ?Sized + Weakrefable, F> Drop for FinalizerGuard<T, F> {
    /// Takes the function back, and drops it. Does not wait: if somebody is in the middle of a
    /// [`peek`](Finalizer::peek), it is dropped at the end of that.
    fn drop(&mut self) {
        self.finalizer.0.discard();
    }
}

impl<T: ?Sized + Weakrefable, F> fmt::Debug for FinalizerGuard<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FinalizerGuard").field(&self.finalizer).finish()
    }
}
