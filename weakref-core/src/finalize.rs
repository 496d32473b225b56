//! `Finalizer`: a function that runs when an object is dropped, or when the program ends.

mod erased;
pub mod exit;
mod node;

use std::{
    any::type_name,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
    panic::{RefUnwindSafe, UnwindSafe},
};

use crate::{Callback, MaybeSend, Pointer, StrongOf, Weakrefable};
pub use erased::{BoxedFinalizer, ErasedFinalizer, LocalBoxedFinalizer};
use node::Handle;

/// Registers a function that runs when the object is dropped, or else at the end of the program:
/// Python's `finalize`.
///
/// The function runs once, in the thread that drops the last strong pointer, inside that drop. The
/// callbacks, finalizers and container entries of an object form one sequence, and the newest comes
/// first. The return value of the function is dropped, even an `Err`: errors are to be reported in the
/// function. A panic goes to the [unraisable hook](crate::set_unraisable_hook). If the object is still
/// alive when the program ends, the function runs then (see [`exit`]), unless
/// [`set_atexit`](Finalizer::set_atexit) has disabled that.
///
/// Dropping the returned [`Finalizer`] does not cancel the function. Use it to
/// [call](Finalizer::call) the function early, or to [take it back](Finalizer::detach).
///
/// The function owns what it uses, and takes no arguments: Python's `finalize(obj, f, path)` is
/// `finalize(&obj, move || f(path))`. If it owns a strong pointer to the object, the object is alive
/// until the end of the program.
///
/// # Cost
///
/// One allocation, and from the object's second registration on, the growth of a list. In `Shared`,
/// it holds the slot and a list of the exit registry for a few instructions each. All operations
/// are O(1) in the number of finalizers.
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
/// If the operating system has no room for one more exit handler. Only the first call registers
/// one.
pub fn finalize<P, T, F, R>(owner: &P, function: F) -> Finalizer<T, F>
where
    P: Pointer<Referent = T>,
    T: ?Sized + Weakrefable + 'static,
    F: FnOnce() -> R + Callback<T, T::Flavor>,
{
    Finalizer(Handle::register_owned(owner, function))
}

/// Like [`finalize`], for a value that is not in an `Rc` or `Arc`, or not yet: on the stack, inside
/// of another value, in its own constructor.
///
/// The function runs when the value is dropped, wherever it has been moved by then. There is no
/// strong pointer, so [`peek`](Finalizer::peek) and [`detach`](Finalizer::detach) return none.
///
/// # Cost
///
/// As [`finalize`]. A finalizer that has been called or detached cannot reach the slot of the
/// value, and leaves 16 to 24 bytes in it. The slot frees them before it would grow, and when its
/// registrations are counted; so they do not accumulate. This is amortized O(1).
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
/// If the operating system has no room for one more exit handler. Only the first call registers
/// one.
pub fn finalize_on<T, F, R>(value: &T, function: F) -> Finalizer<T, F>
where
    T: ?Sized + Weakrefable,
    F: FnOnce() -> R + MaybeSend<T::Flavor>,
{
    Finalizer(Handle::register_unowned(value, function))
}

/// A function that runs when an object is dropped, or when the program ends. Returned by
/// [`finalize`].
///
/// Dropping it does not cancel the function. Clones are handles of the same finalizer, and compare
/// equal.
///
/// `F` is the type of the function, and the type of a closure has no name. Use a [`BoxedFinalizer`]
/// for a field of a struct, and for collections of different finalizers.
///
/// A finalizer is alive until its function has been called or taken back. If several threads call
/// it, or the object is dropped meanwhile, the function runs once. After the object has been
/// dropped, and before the function's turn in the sequence, the finalizer is still alive: it can be
/// called and detached, but has no object.
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
///
/// A temporary file that is removed with its owner, or earlier:
///
/// ```
/// use std::{fs, io, path::PathBuf, sync::Arc};
/// use weakref_core::{BoxedFinalizer, Slotted, finalize};
///
/// struct TempFile { owner: Arc<Slotted<PathBuf>>, remove: BoxedFinalizer }
///
/// impl TempFile {
///     fn new(path: PathBuf) -> io::Result<Self> {
///         fs::write(&path, "temporary")?;
///         let owner = Arc::new(Slotted::new(path.clone()));
///         let remove = Box::new(finalize(&owner, move || {
///             if let Err(error) = fs::remove_file(path) { eprintln!("{error}") }
///         }));
///         Ok(Self { owner, remove })
///     }
/// }
///
/// # fn main() -> io::Result<()> {
/// # let path = std::env::temp_dir().join(format!("weakref-finalizer-{}", std::process::id()));
/// let file = TempFile::new(path.clone())?;
/// assert_eq!((file.remove.is_alive(), path.exists()), (true, true));
/// drop(file.owner);
/// assert_eq!((file.remove.is_alive(), path.exists()), (false, false));
/// # Ok(())
/// # }
/// ```
pub struct Finalizer<T: ?Sized + Weakrefable, F>(Handle<T, F>);

// As for `Mutex<Option<F>>`, whatever `F` is: the function runs at most once, and is taken before
// it can panic. A finalizer gives access to the object by a strong pointer.
impl<T: ?Sized + Weakrefable + RefUnwindSafe, F> UnwindSafe for Finalizer<T, F> {}
impl<T: ?Sized + Weakrefable + RefUnwindSafe, F> RefUnwindSafe for Finalizer<T, F> {}

impl<T: ?Sized + Weakrefable, F> Finalizer<T, F> {
    /// Calls the function and returns its result. Returns `None` if the function has been called or
    /// taken back, or if the end of the program is [over](crate::exit).
    ///
    /// The call does not own the object: if the function drops the last strong pointer, the object
    /// is dropped inside of it.
    ///
    /// O(1), beside the function. Blocks while another thread is in a [`peek`](Self::peek).
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
    /// drop(object); // has no effect on the finalizer
    /// assert_eq!(finalizer.call(), None);
    /// ```
    ///
    /// # Panics
    ///
    /// If the function panics; the finalizer is not alive any more then. If called inside of its
    /// own [`peek`](Self::peek), or if blocking would be a deadlock.
    #[track_caller]
    pub fn call<R>(&self) -> Option<R>
    where
        F: FnOnce() -> R,
    {
        let function = self.0.take_function("call")?;
        (!exit::is_over()).then(function)
    }

    /// Takes the function back. Returns it with a strong pointer to the object, if that is alive;
    /// or returns `None` if the function has been called or taken back before.
    ///
    /// O(1). Blocks while another thread is in a [`peek`](Self::peek).
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
    /// If called inside of its own [`peek`](Self::peek), or if blocking would be a deadlock.
    #[track_caller]
    pub fn detach(&self) -> Option<(Option<StrongOf<T>>, F)> {
        self.0.take("detach").map(|(function, owner)| (owner, function))
    }

    /// Calls `look` with the object, if that is alive, and the function, and returns its result.
    /// Returns `None` if the function has been called or taken back.
    ///
    /// Other threads that call, detach or peek block until `look` returns. The drop of the object,
    /// the end of the program and the drop of a [guard](Self::guard) do not block: this call runs
    /// or drops the function for them, after `look` has returned.
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
    /// If `look` panics. If called inside of its own `peek`, or if blocking would be a deadlock.
    #[track_caller]
    pub fn peek<R, U>(&self, look: impl FnOnce(Option<&StrongOf<T>>, &F) -> U) -> Option<U>
    where
        F: FnOnce() -> R,
    {
        self.0.peek(look)
    }

    /// Returns whether the function has been neither called nor taken back.
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

    /// Returns whether the function will run at the end of the program, if it is not called before:
    /// true unless disabled by [`set_atexit`](Self::set_atexit), and false if the finalizer is not
    /// alive.
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

    /// Sets whether the function runs at the end of the program. Does nothing if the finalizer is
    /// not alive.
    ///
    /// O(1). Takes effect up to the moment when the function's turn comes, also during the end of
    /// the program.
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

    /// Returns a guard that takes the function back when it is dropped.
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
    /// Returns another handle of the same finalizer.
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
    /// Writes the type of the object, and its address if it was in an `Rc` or `Arc`; or `dead` if
    /// the finalizer is not alive. Calls neither the object nor the function.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = type_name::<T>();
        match self.0.object() {
            _ if !self.is_alive() => write!(f, "Finalizer({name}, dead)"),
            Some(address) => write!(f, "Finalizer({name} at {address:p})"),
            None => write!(f, "Finalizer({name})"),
        }
    }
}

/// A guard that takes a finalizer's function back when it is dropped. Returned by
/// [`Finalizer::guard`].
///
/// It dereferences to the [`Finalizer`]. If the object is dropped before, or the program ends, the
/// function runs as it does without a guard.
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
    /// Takes the function back and drops it. Does not block: if a thread is in a
    /// [`peek`](Finalizer::peek), the function is dropped at its end.
    fn drop(&mut self) {
        self.finalizer.0.discard();
    }
}

impl<T: ?Sized + Weakrefable, F> fmt::Debug for FinalizerGuard<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FinalizerGuard").field(&self.finalizer).finish()
    }
}
