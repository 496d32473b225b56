//! Observers: the nodes and shards that an object notifies when it is dropped, each behind one thin
//! pointer.
//!
//! # Terms
//!
//! - An *observer* is an allocation that begins with a [`Header`]: the node of a callback
//!   (`reference/weakref/node.rs`), the node of a finalizer (`finalize/node.rs`), the shard of a
//!   container (`container/shard.rs`), or the entries of a list (`list/observer.rs`).
//! - A *registration* is an observer's entry in one slot: a pointer to the observer, and a 32-bit
//!   *token* by which the observer identifies the registration.
//! - A registration *ends* when the observer is notified, or when the observer takes it back.
//!
//! A `dyn Trait` pointer takes two words. A slot has two words in all, and needs one of them for
//! the token. So the pointer to the table of functions is in the observer, as in a C++ object.
#![allow(unsafe_code)]

use std::{
    any::Any,
    ptr::{self, NonNull},
};

/// What has happened to the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The last strong pointer was dropped. No `Weak` can be upgraded any more.
    ///
    /// If the object's own `Drop` notifies, this points to the object, all of which is still there,
    /// until that notification returns. If only the slot's does, it is null.
    Died(*const ()),
    /// The object is alive at this address, but its weak references are cleared: to observers, it
    /// looks dropped. The address is compared, and never dereferenced.
    Cleared(*const ()),
}

impl Event {
    /// The death of an object that the observer cannot see: only its slot is known, or it may be
    /// gone when the observer is notified.
    pub(crate) const DIED_UNSEEN: Self = Self::Died(ptr::null());

    pub(crate) fn is_death(self) -> bool {
        matches!(self, Self::Died(_))
    }
}

/// Removes a container's entry.
type Evict = unsafe fn(NonNull<Header>, token: u32, Event) -> Option<DeferredDrop>;

/// The functions of a kind of observer.
///
/// # Safety
///
/// The pointer given to each function is the one that [`Registration::new`] was given, and the
/// registration has not ended. `notify`, `notify_silently` and `evict` end it.
#[derive(Debug)]
pub(crate) struct VTable {
    /// Notifies the observer, which may run user code. Does not panic.
    pub(crate) notify: unsafe fn(NonNull<Header>, token: u32, Event),
    /// Ends the registration without a callback: a container removes its entry, a callback is
    /// dropped uncalled. Does not panic.
    pub(crate) notify_silently: unsafe fn(NonNull<Header>, token: u32, Event),
    /// Announces that `notify` will follow. From then on, dropping the last reference does not
    /// cancel a callback. Runs no user code.
    pub(crate) prepare: unsafe fn(NonNull<Header>, Event),
    /// Like `notify`, for a container, but returns the garbage whose drop would run user code.
    /// `None` for other observers.
    pub(crate) evict: Option<Evict>,
    /// Whether the observer holds one weak pointer to the object. If not, it cannot reach the slot,
    /// and cannot take its registration back.
    pub(crate) has_weak: bool,
    /// Whether `notify` uses the object, and so must be called before the object is gone.
    pub(crate) sees_object: bool,
    /// Whether the observer has no use for its registration any more. Called only if not
    /// `has_weak`, and while the slot is held: neither uses the slot, nor blocks, allocates, or
    /// runs user code.
    pub(crate) is_spent: unsafe fn(NonNull<Header>) -> bool,
    /// If this is the registration of a `WeakRef<T>` that has a handle, adds a handle and returns
    /// true. Called while the slot is held, as `is_spent` is.
    pub(crate) retain: unsafe fn(NonNull<Header>) -> bool,
    /// Turns the handle that `retain` has added into a `WeakRef<T>`. Called once for each `true`.
    pub(crate) into_weak_ref: unsafe fn(NonNull<Header>) -> Box<dyn Any>,
}

impl VTable {
    /// Returns the table of a container, which is not a `WeakRef`, and notified in one way.
    pub(crate) const fn of_container(
        notify: unsafe fn(NonNull<Header>, token: u32, Event),
        evict: Evict,
    ) -> Self {
        Self {
            notify,
            notify_silently: notify,
            prepare: |_, _| (),
            evict: Some(evict),
            has_weak: true,
            sees_object: false,
            is_spent: |_| false,
            retain: never_retained,
            into_weak_ref: no_weak_ref,
        }
    }
}

/// The garbage of a container that has evicted an entry. Dropping it runs user code: the drops of
/// keys and values, and the listeners.
#[must_use]
#[derive(Debug)]
pub(crate) struct DeferredDrop {
    /// A boxed `T`, of the type that `run` expects.
    garbage: NonNull<()>,
    /// Drops the garbage. Does not panic.
    run: unsafe fn(NonNull<()>),
}

impl DeferredDrop {
    /// Boxes the garbage, which is passed to `run`.
    ///
    /// # Safety
    ///
    /// `run` passes its argument to [`take`](Self::take), once and with this `T`, and does not
    /// panic. No lifetime in `T` ends before [`run`](Self::run) has been called: the type of the
    /// result does not contain them.
    pub(crate) unsafe fn new<T>(garbage: T, run: unsafe fn(NonNull<()>)) -> Self {
        Self { garbage: NonNull::from(Box::leak(Box::new(garbage))).cast(), run }
    }

    /// Unboxes the garbage, for a function that was given to [`new`](Self::new).
    ///
    /// # Safety
    ///
    /// `garbage` is the argument of that function, which was given to `new` with a `T`. This is
    /// called once for it.
    pub(crate) unsafe fn take<T>(garbage: NonNull<()>) -> T {
        // SAFETY: the pointer comes from the `Box<T>` in `new`, with its provenance. `run` consumes
        // the `DeferredDrop`, so the box is taken back once.
        *unsafe { Box::from_raw(garbage.cast::<T>().as_ptr()) }
    }

    /// Drops the garbage. Does not panic.
    pub(crate) fn run(self) {
        // SAFETY: the pointer is the one for which `new` was given this function, and is used once,
        // as `self` is consumed.
        unsafe { (self.run)(self.garbage) }
    }
}

/// The first field of every observer.
///
/// Aligned to 8 bytes on all machines: slots keep flags in the low bits of pointers to it.
#[derive(Debug)]
#[repr(C, align(8))]
pub(crate) struct Header {
    /// The functions for the type of this observer. Constant.
    pub(crate) vtable: &'static VTable,
}

/// One observer's entry in one slot.
///
/// It is a share in the observer, which counts it in its state word or under its lock. So it must
/// end in [`notify`](Self::notify), [`notify_silently`](Self::notify_silently) or
/// [`evict`](Self::evict), or be given back to the observer. Dropping it leaks the share.
#[must_use]
#[derive(Debug)]
pub(crate) struct Registration {
    /// Valid until the registration ends. It has the provenance of the whole observer, as the
    /// functions of the observer reach their fields, and free them, through it.
    observer: NonNull<Header>,
    /// Constant, and chosen by the observer: 0 for a node, the truncated hash of the key for a
    /// shard.
    token: u32,
}

impl Registration {
    /// # Safety
    ///
    /// `observer` points to a value that begins with a [`Header`], has the provenance of all of it,
    /// and stays valid until this registration has ended. In a slot of `Shared`, that may be on any
    /// thread.
    pub(crate) unsafe fn new(observer: NonNull<Header>, token: u32) -> Self {
        Self { observer, token }
    }

    /// # Safety
    ///
    /// The parts come from [`into_parts`](Self::into_parts), and are used once.
    pub(crate) unsafe fn from_parts((observer, token): (NonNull<Header>, u32)) -> Self {
        Self { observer, token }
    }

    /// Returns the observer and the token, for the two words of a slot.
    pub(crate) fn into_parts(self) -> (NonNull<Header>, u32) {
        (self.observer, self.token)
    }

    fn vtable(&self) -> &'static VTable {
        // SAFETY: `new` was promised that the observer is valid until the registration ends, which
        // consumes it. `vtable` is constant, and is read by shared reference only.
        unsafe { self.observer.as_ref().vtable }
    }

    /// Notifies the observer. Does not panic.
    pub(crate) fn notify(self, event: Event) {
        // SAFETY: the pointer is the one given to `new`, and the registration ends here.
        unsafe { (self.vtable().notify)(self.observer, self.token, event) }
    }

    /// Ends the registration without running a callback. Does not panic.
    pub(crate) fn notify_silently(self, event: Event) {
        // SAFETY: as in `notify`.
        unsafe { (self.vtable().notify_silently)(self.observer, self.token, event) }
    }

    /// Announces that [`notify`](Self::notify) will follow.
    pub(crate) fn prepare(&self, event: Event) {
        // SAFETY: the pointer is the one given to `new`, and the registration has not ended.
        unsafe { (self.vtable().prepare)(self.observer, event) }
    }

    /// Whether the observer is the shard of a container.
    pub(crate) fn is_container(&self) -> bool {
        self.vtable().evict.is_some()
    }

    /// Makes a container remove its entry. Returns the garbage, which the caller drops, or `None`
    /// if the container does so itself.
    ///
    /// # Panics
    ///
    /// If the observer is not [a container](Self::is_container).
    pub(crate) fn evict(self, event: Event) -> Option<DeferredDrop> {
        let evict = self.vtable().evict.expect("only containers have entries");
        // SAFETY: as in `notify`.
        unsafe { evict(self.observer, self.token, event) }
    }

    /// Whether the observer holds a weak pointer to the object.
    pub(crate) fn has_weak(&self) -> bool {
        self.vtable().has_weak
    }

    /// Whether the observer uses the object when it is notified.
    pub(crate) fn sees_object(&self) -> bool {
        self.vtable().sees_object
    }

    /// Whether the observer has no use for this registration any more, and cannot take it back.
    pub(crate) fn is_spent(&self) -> bool {
        // SAFETY: as in `prepare`.
        !self.has_weak() && unsafe { (self.vtable().is_spent)(self.observer) }
    }

    /// Adds a handle to the observer, if it is a `WeakRef` that has one already.
    pub(crate) fn retain(&self) -> Option<Retained> {
        // SAFETY: as in `prepare`.
        unsafe { (self.vtable().retain)(self.observer) }.then_some(Retained(self.observer))
    }

    /// Hands this registration over to another observer of the same kind, which takes over its
    /// token. Returns false if it is not the registration of `from` with this token.
    ///
    /// # Safety
    ///
    /// What [`new`](Self::new) asks of an observer holds for `to`, which takes over the share.
    pub(crate) unsafe fn redirect(
        &mut self,
        token: u32,
        from: NonNull<Header>,
        to: NonNull<Header>,
    ) -> bool {
        let matches = self.is_from(from.as_ptr(), token);
        if matches {
            self.observer = to;
        }
        matches
    }

    /// Whether this is the registration of `observer` with this token.
    pub(crate) fn is_from(&self, observer: *const Header, token: u32) -> bool {
        self.observer.as_ptr().cast_const() == observer && self.token == token
    }
}

/// A handle of an observer that is a `WeakRef`. Dropping it leaks the handle.
#[must_use]
#[derive(Debug)]
pub(crate) struct Retained(NonNull<Header>);

impl Retained {
    /// Returns the `WeakRef<T>`. Allocates.
    pub(crate) fn into_weak_ref(self) -> Box<dyn Any> {
        // SAFETY: the handle that `retain` has added keeps the observer, and is used once, as
        // `self` is consumed. The pointer is the one of the registration.
        unsafe { (self.0.as_ref().vtable.into_weak_ref)(self.0) }
    }
}

/// The `retain` of an observer that is no `WeakRef`.
pub(crate) unsafe fn never_retained(_: NonNull<Header>) -> bool {
    false
}

/// The `into_weak_ref` of an observer that is no `WeakRef`.
pub(crate) unsafe fn no_weak_ref(_: NonNull<Header>) -> Box<dyn Any> {
    unreachable!("it has not been retained")
}
