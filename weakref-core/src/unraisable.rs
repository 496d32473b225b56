//! Panics of user code in a drop or at the end of the program: they are caught, and passed to a
//! hook.

use std::{
    any::Any,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, PoisonError, RwLock},
};

/// A panic in the drop of an object, or at the [end of the program](crate::exit), where no caller
/// can catch it. Passed to the function that [`set_unraisable_hook`] sets.
///
/// Python's `sys.unraisablehook` is given the same: the exception, and the object that raised it.
///
/// # Examples
///
/// ```
/// use weakref_core::{Slotted, WeakRef, set_unraisable_hook};
///
/// set_unraisable_hook(|unraisable| {
///     eprintln!("{unraisable}");
/// });
/// let owner = std::rc::Rc::new(Slotted::new(1));
/// let _weak = WeakRef::with_callback(&owner, |_| panic!("too late"));
/// drop(owner);
/// ```
pub struct Unraisable<'a> {
    payload: &'a (dyn Any + Send),
    source: &'static str,
}

impl Unraisable<'_> {
    /// Returns the payload of the panic.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakRef, set_unraisable_hook};
    ///
    /// set_unraisable_hook(|unraisable| {
    ///     assert!(unraisable.payload().is::<&str>());
    /// });
    /// let owner = std::rc::Rc::new(Slotted::new(1));
    /// let _weak = WeakRef::with_callback(&owner, |_| panic!("too late"));
    /// drop(owner);
    /// ```
    pub fn payload(&self) -> &(dyn Any + Send) {
        self.payload
    }

    /// Returns the message of the panic, if the payload is a string, as it is after `panic!`.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakRef, set_unraisable_hook};
    ///
    /// set_unraisable_hook(|unraisable| {
    ///     assert_eq!(unraisable.message(), Some("too late"));
    /// });
    /// let owner = std::rc::Rc::new(Slotted::new(1));
    /// let _weak = WeakRef::with_callback(&owner, |_| panic!("too late"));
    /// drop(owner);
    /// ```
    pub fn message(&self) -> Option<&str> {
        let text = self.payload.downcast_ref::<&str>().copied();
        text.or_else(|| self.payload.downcast_ref::<String>().map(String::as_str))
    }

    /// Returns the name of the type whose code panicked: of the callback or finalizer, or of the
    /// key that was dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakRef, set_unraisable_hook};
    ///
    /// set_unraisable_hook(|unraisable| {
    ///     assert!(unraisable.source().contains("{{closure}}"));
    /// });
    /// let owner = std::rc::Rc::new(Slotted::new(1));
    /// let _weak = WeakRef::with_callback(&owner, |_| panic!("too late"));
    /// drop(owner);
    /// ```
    pub fn source(&self) -> &'static str {
        self.source
    }
}

impl fmt::Debug for Unraisable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unraisable")
            .field("source", &self.source)
            .field("message", &self.message())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Unraisable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message().unwrap_or("a payload that is no string");
        write!(
            f,
            "panic ignored in `{}`, run by a death or by the end of the program: {message}",
            self.source
        )
    }
}

type Hook = Arc<dyn Fn(&Unraisable<'_>) + Send + Sync>;

static HOOK: RwLock<Option<Hook>> = RwLock::new(None);

/// Sets the hook that is called when a callback or finalizer panics in the drop of an object, for
/// the whole program.
///
/// Such a panic is caught, and the remaining callbacks still run; likewise at the
/// [end of the program](crate::exit). The hook is called on the thread where the panic happened. If
/// the hook panics, that panic is ignored. Without a hook, one line is written to standard error,
/// after that of the panic hook.
///
/// Takes a write lock to exchange a pointer. A panicking callback takes the read lock.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use weakref_core::{Slotted, WeakRef, set_unraisable_hook};
///
/// let log = Arc::new(Mutex::new(Vec::new()));
/// let seen = Arc::clone(&log);
/// set_unraisable_hook(move |unraisable| {
///     seen.lock().unwrap().extend(unraisable.message().map(String::from));
/// });
///
/// let owner = Arc::new(Slotted::new(1));
/// let _weak = WeakRef::with_callback(&owner, |_| panic!("too late"));
/// drop(owner);
/// assert_eq!(*log.lock().unwrap(), ["too late"]);
/// ```
pub fn set_unraisable_hook(hook: impl Fn(&Unraisable<'_>) + Send + Sync + 'static) {
    exchange(Some(Arc::new(hook)));
}

/// Removes the hook: panics are written to standard error again.
///
/// # Examples
///
/// ```
/// weakref_core::set_unraisable_hook(|_| {});
/// weakref_core::reset_unraisable_hook();
/// ```
pub fn reset_unraisable_hook() {
    exchange(None);
}

/// Replaces the hook.
fn exchange(hook: Option<Hook>) {
    let old = std::mem::replace(&mut *HOOK.write().unwrap_or_else(PoisonError::into_inner), hook);
    // The drop of the hook is user code, so it does not run under the lock.
    drop(old);
}

/// Runs `f`, which runs user code of the type `S`. Does not panic: a panic goes to the hook.
#[inline]
pub(crate) fn catch<S: ?Sized>(f: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(f)) {
        report(payload, std::any::type_name::<S>());
    }
}

/// The first panic of several drops, each of which runs whatever the others do. It is the caller's;
/// those of later drops go to the hook.
#[derive(Default)]
pub(crate) struct FirstPanic(Option<Box<dyn Any + Send>>);

impl FirstPanic {
    /// Drops a value, with user code of the type `S`.
    pub(crate) fn drop<S: ?Sized>(&mut self, value: impl Sized) {
        if self.0.is_none() {
            self.0 = catch_unwind(AssertUnwindSafe(|| drop(value))).err();
        } else {
            catch::<S>(|| drop(value));
        }
    }

    /// Panics if there was one.
    pub(crate) fn resume(self) {
        if let Some(panic) = self.0 {
            resume_unwind(panic);
        }
    }
}

#[cold]
fn report(payload: Box<dyn Any + Send>, source: &'static str) {
    let reported = catch_unwind(AssertUnwindSafe(|| {
        let unraisable = Unraisable { payload: &*payload, source };
        let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
        match hook {
            Some(hook) => hook(&unraisable),
            None => eprintln!("{unraisable}"),
        }
    }));
    discard(payload);
    if let Err(payload) = reported {
        discard(payload);
    }
}

/// Drops the payload of a panic. Its drop is user code and can panic, with a payload whose drop can
/// panic, and so on: after a few rounds, the payload is leaked.
fn discard(mut payload: Box<dyn Any + Send>) {
    for _ in 0..8 {
        match catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            Ok(()) => return,
            Err(again) => payload = again,
        }
    }
    std::mem::forget(payload);
}
