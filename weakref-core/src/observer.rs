//! Who is told when an object dies, behind one thin pointer.
//!
//! A `dyn Trait` pointer takes two words, and a slot has two in all, one of them for the token. So
//! the table of functions stands at the head of the observer, as in a C++ object.
#![allow(unsafe_code)]

use std::{any::Any, ptr::NonNull};

/// What has happened to the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Its last owner has gone; every `Weak` to it is dead.
    Died,
    /// It lives at this address, and somebody asked that it should look dead.
    Cleared(*const ()),
}

/// Has a container let go of an entry.
type LetGo = unsafe fn(NonNull<Head>, token: u32, Event) -> Option<Later>;

/// What an observer does, one function for each thing that can befall its registration.
///
/// # Safety
///
/// The pointer given to each function is the one that [`Registration::new`] was given.
#[derive(Debug)]
pub(crate) struct Behaviour {
    /// Tells the observer, and uses up the registration. Does not panic.
    pub(crate) tell: unsafe fn(NonNull<Head>, token: u32, Event),
    /// The same without any function of the user's: a container lets go of its entry, a callback
    /// is forgotten.
    pub(crate) tell_silently: unsafe fn(NonNull<Head>, token: u32, Event),
    /// It is going to be told: who is to be called is settled now.
    pub(crate) prepare: unsafe fn(NonNull<Head>, Event),
    /// As `tell`, of a container: without what is the user's, which is returned. `None` if it is none.
    pub(crate) let_go: Option<LetGo>,
    /// Whether it holds one weak pointer to the object. If not, it cannot take its registration back.
    pub(crate) has_weak: bool,
    /// Whether it has no use for its registration any more. Asked only where it `has_weak` not.
    pub(crate) is_spent: unsafe fn(NonNull<Head>) -> bool,
    /// The `WeakRef<T>` behind this registration, if there is one and somebody still holds it.
    pub(crate) handle: unsafe fn(NonNull<Head>) -> Option<Box<dyn Any>>,
}

/// What a container still has to do once it has let go of an entry: to tell its listeners, and to
/// drop what was in it. That is code of the user's.
#[must_use]
#[derive(Debug)]
pub(crate) struct Later {
    what: NonNull<()>,
    run: unsafe fn(NonNull<()>),
}

impl Later {
    /// Keeps `what`, which is passed to `run`.
    ///
    /// # Safety
    ///
    /// Nothing in `what` ends before this has been [run](Self::run).
    pub(crate) unsafe fn new<T>(what: T, run: unsafe fn(NonNull<()>)) -> Self {
        Self { what: NonNull::from(Box::leak(Box::new(what))).cast(), run }
    }

    /// Takes back what `new` was given.
    ///
    /// # Safety
    ///
    /// `what` comes from a `Later` of a `T`, which is being run.
    pub(crate) unsafe fn take<T>(what: NonNull<()>) -> T {
        // SAFETY: `new` has boxed it, and a `Later` runs once.
        *unsafe { Box::from_raw(what.cast::<T>().as_ptr()) }
    }

    /// Does not panic.
    pub(crate) fn run(self) {
        // SAFETY: the two were given to `new` together.
        unsafe { (self.run)(self.what) }
    }
}

/// The first field of every observer.
#[derive(Debug)]
#[repr(C, align(8))]
pub(crate) struct Head {
    pub(crate) behaviour: &'static Behaviour,
}

/// One observer's entry with one slot.
///
/// It stands for a share in the observer, whatever that means to it (a weak count, a number under
/// its lock), so it must end in [`tell`](Self::tell) or [`tell_silently`](Self::tell_silently), or
/// go back to the observer, who knows what the share was.
#[must_use]
#[derive(Debug)]
pub(crate) struct Registration {
    observer: NonNull<Head>,
    token: u32,
}

impl Registration {
    /// # Safety
    ///
    /// `observer` points to a value that begins with a [`Head`] and stays valid until this
    /// registration has ended. In a slot of `Shared` it may end on any thread.
    pub(crate) unsafe fn new(observer: NonNull<Head>, token: u32) -> Self {
        Self { observer, token }
    }

    /// # Safety
    ///
    /// `parts` come from [`into_parts`](Self::into_parts), and are used once.
    pub(crate) unsafe fn from_parts((observer, token): (NonNull<Head>, u32)) -> Self {
        Self { observer, token }
    }

    pub(crate) fn into_parts(self) -> (NonNull<Head>, u32) {
        (self.observer, self.token)
    }

    fn behaviour(&self) -> &'static Behaviour {
        // SAFETY: `new` was promised that the observer is valid until the registration ends, which
        // it does only by value.
        unsafe { self.observer.as_ref().behaviour }
    }

    pub(crate) fn tell(self, event: Event) {
        // SAFETY: the pointer is the one given to `new`.
        unsafe { (self.behaviour().tell)(self.observer, self.token, event) }
    }

    pub(crate) fn tell_silently(self, event: Event) {
        // SAFETY: as above.
        unsafe { (self.behaviour().tell_silently)(self.observer, self.token, event) }
    }

    pub(crate) fn prepare(&self, event: Event) {
        // SAFETY: as above.
        unsafe { (self.behaviour().prepare)(self.observer, event) }
    }

    pub(crate) fn is_container(&self) -> bool {
        self.behaviour().let_go.is_some()
    }

    /// Has a container let go of its entry, and returns what it has to do then.
    pub(crate) fn let_go(self, event: Event) -> Option<Later> {
        let let_go = self.behaviour().let_go.expect("only containers have entries");
        // SAFETY: as above.
        unsafe { let_go(self.observer, self.token, event) }
    }

    pub(crate) fn has_weak(&self) -> bool {
        self.behaviour().has_weak
    }

    pub(crate) fn is_spent(&self) -> bool {
        // SAFETY: as above.
        !self.has_weak() && unsafe { (self.behaviour().is_spent)(self.observer) }
    }

    pub(crate) fn handle(&self) -> Option<Box<dyn Any>> {
        // SAFETY: as above.
        unsafe { (self.behaviour().handle)(self.observer) }
    }

    pub(crate) fn is_from(&self, observer: *const Head, token: u32) -> bool {
        self.observer.as_ptr().cast_const() == observer && self.token == token
    }
}
