//! Running a user's function at a death, or at the end of the program: nothing that it does gets out.

use std::{
    any::Any,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock},
};

/// A panic at a death, or at the [end of the program](crate::exit), which nobody is there to catch:
/// what [`set_unraisable_hook`] is told.
///
/// Python's `sys.unraisablehook` gets the same: the exception and the object it came from.
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
    /// Returns what was given to `panic!`.
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

    /// Returns the message, where the payload is a string, as it is after `panic!`.
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

    /// Returns the name of the type that panicked: the callback's or finalizer's, or that of the key
    /// that was dropped.
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

/// Sets what happens when a callback or finalizer panics at a death, for the whole program.
///
/// A death swallows the panic, as it must not leave a drop; the others still run. So does the
/// [end of the program](crate::exit). The hook is told on the thread where it happens. If it panics
/// itself, that is swallowed without a word.
/// Without a hook, one line goes to standard error (after that of the panic hook).
///
/// Takes a write lock for the exchange of a pointer; a panicking callback takes the read lock.
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

/// Goes back to the line on standard error.
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

fn exchange(hook: Option<Hook>) {
    let old = std::mem::replace(&mut *HOOK.write().unwrap_or_else(PoisonError::into_inner), hook);
    // The user's, so not under the lock.
    drop(old);
}

/// Runs `f`, which is or drops something of type `S` of the user's. Does not panic.
#[inline]
pub(crate) fn run<S: ?Sized>(f: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(f)) {
        report(payload, std::any::type_name::<S>());
    }
}

#[cold]
fn report(payload: Box<dyn Any + Send>, source: &'static str) {
    let told = catch_unwind(AssertUnwindSafe(|| {
        let unraisable = Unraisable { payload: &*payload, source };
        let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
        match hook {
            Some(hook) => hook(&unraisable),
            None => eprintln!("{unraisable}"),
        }
    }));
    discard(payload);
    if let Err(payload) = told {
        discard(payload);
    }
}

/// Drops a payload. It is the user's too, and can panic as it drops, with a payload that can do so
/// as well: what comes of that is forgotten some time.
fn discard(mut payload: Box<dyn Any + Send>) {
    for _ in 0..8 {
        match catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            Ok(()) => return,
            Err(again) => payload = again,
        }
    }
    std::mem::forget(payload);
}
