//! `Finalizer`: a function that runs when an object is dropped, or when the program ends.

mod erased;
pub mod exit;
mod function;
mod node;

use std::{
    any::type_name,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
    panic::{RefUnwindSafe, UnwindSafe},
};

use crate::{
    StrongOf, Weakrefable,
    flavor::{Callback, MaybeSend, Pointer},
};
pub use erased::{BoxedFinalizer, ErasedFinalizer, LocalBoxedFinalizer};
pub use function::{FinalizerFunction, LastLook, WithObject};
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

/// Registers a function that runs when the value is dropped, wherever it is by then, and not at the
/// end of the program.
pub(crate) fn finalize_until_drop<T, R>(value: &T, function: impl FnOnce() -> R + Send + 'static)
where
    T: ?Sized + Weakrefable,
{
    drop(Handle::register_until_drop(value, function));
}

/// Like [`finalize`], with a function that sees the object once more, in its drop and before any of
/// its fields is dropped.
///
/// The function sees what a type's own `Drop` sees, but it is registered from outside, for one
/// object: to write a cache entry back, to record the final statistics of somebody else's object, to
/// close a journal. It runs at its place in the sequence, newest first, and before an `on_drop`. It
/// gets a reference, and no strong pointer: the object cannot be brought back, and
/// [`upgrade`](crate::WeakRef::upgrade) returns `None` in it. (The function should not copy a strong
/// pointer to the object into itself either: that keeps the object alive until the end of the
/// program.)
///
/// If the finalizer is [called](Finalizer::call), or runs at the [end of the program](exit) or by
/// [`clear_weakrefs`](crate::clear_weakrefs), the object is alive, and the function sees it as
/// well. Meanwhile this call has a strong pointer to it. A function that is about drops only is
/// disabled for the end of the program by [`set_atexit(false)`](Finalizer::set_atexit): the objects
/// that are alive then may be those that own themselves, through which a recursion would not end.
///
/// # When there is no object to see
///
/// The function always runs, as that of `finalize`, but gets `None`:
///
/// - if the object has left its pointer (by `try_unwrap`, `into_inner`, `make_mut`). It is dropped
///   somewhere else then, or not at all. Until then its owner could change it through `&mut`, and
///   even its type: a `Doc<'static>` can become a `Doc<'a>`, and give its slot to an object of
///   another type. So a `&T` could be wrong. (`get_mut` fails as long as there is a finalizer.)
/// - if the finalizer is called after the last strong pointer has been dropped, and before its turn;
/// - if a thread was in a [`peek`](Finalizer::peek) when its turn came.
///
/// # Which types
///
/// Those that implement [`LastLook`]. With the macro option `drop = "slot"`, or an `impl Weakrefable`
/// by hand, a type's drop does not know the object, and this function does not compile.
///
/// `T` is sized, so make the finalizer before the pointer is coerced to `dyn Trait` or to a slice. It
/// sees the object in whatever type of pointer that dies. A finalizer of an `Rc<dyn Trait>` would
/// have to make a `&dyn Trait` of the `&mut self` in the object's drop, and stable Rust cannot
/// attach the metadata of a trait object to another pointer. The pointer that is in the `Rc` would
/// have it, but must not be used during a `&mut self`.
///
/// # Cost
///
/// As [`finalize`]. Such functions are not deferred when 48 drops are nested in callbacks and
/// finalizers: they run before the deferred ones, as long as the object is there, and a long chain
/// of them, each of which owns the next object, needs as much stack as the drop of a long list.
///
/// # Examples
///
/// A cache that writes back what has changed:
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use weakref_core::{finalize_with, new, weakrefable};
///
/// #[weakrefable]
/// struct Page { number: u32, text: Mutex<String> }
///
/// let disk = Arc::new(Mutex::new(Vec::new()));
/// let page = Arc::new(new!(Page { number: 7, text: Mutex::new("old".into()) }));
/// let written = Arc::clone(&disk);
/// finalize_with(&page, move |page| {
///     if let Some(page) = page {
///         written.lock().unwrap().push((page.number, page.text.lock().unwrap().clone()));
///     }
/// });
///
/// *page.text.lock().unwrap() = "new".into();
/// drop(page);
/// assert_eq!(*disk.lock().unwrap(), [(7, "new".into())]);
/// ```
///
/// # Panics
///
/// If the operating system has no room for one more exit handler. Only the first call registers
/// one.
pub fn finalize_with<P, T, F, R>(owner: &P, function: F) -> Finalizer<T, WithObject<F>>
where
    P: Pointer<Referent = T>,
    T: LastLook + 'static,
    F: FnOnce(Option<&T>) -> R + Callback<T, T::Flavor>,
{
    Finalizer(Handle::register_seeing(owner, function))
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
    /// is dropped inside of it. (A [function that sees the object](finalize_with) sees it to the
    /// end.)
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
    pub fn call(&self) -> Option<F::Output>
    where
        F: FinalizerFunction<T>,
    {
        self.0.call()
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
    pub fn peek<U>(&self, look: impl FnOnce(Option<&StrongOf<T>>, &F) -> U) -> Option<U>
    where
        F: FinalizerFunction<T>,
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
