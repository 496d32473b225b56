//! A callback with its weak pointer: what stands behind a `WeakRef` that has one, in one allocation.
//!
//! It belongs to its handles (the clones of the `WeakRef`) and to the slot, which share one word:
//!
//! - Each handle counts `HANDLE`. Only who has a handle, or the slot's share, may look at the node.
//! - `SLOT` is the slot's share. Whoever gets the registration out of the slot has it.
//! - `CALLBACK` says that the callback is there. Whoever clears it owns the callback.
//! - `DUE` says that the callback is going to be called, whatever becomes of the handles: the referent
//!   has died, or the last handle has let it stand.
//! - `CANCELLED` says that the last handle is going: the callback is not to be called any more.
//!
//! Who takes the last of handles and share frees the node. A std `Arc` with a `Mutex` around the
//! callback does the same with twice the atomic operations, which were half of the cost of a
//! callback.
#![allow(unsafe_code)]

use std::{
    any::Any,
    cell::{Cell, UnsafeCell},
    mem::MaybeUninit,
    ptr::NonNull,
    sync::atomic::Ordering::{AcqRel, Acquire, Relaxed},
};

use crate::{
    Callback, Flavor, Pointer, StrongOf, WeakRef, Weakrefable, callback, death,
    flavor::WeakOf,
    observer::{Behaviour, Event, Head, Registration},
    sync::{AtomicU32, AtomicUsize, relax},
    weakref::KeptHash,
};

const SLOT: usize = 1;
const CALLBACK: usize = 2;
/// The referent lives, but not for this reference: `clear_weakrefs`.
const CLEARED: usize = 4;
const CANCELLED: usize = 8;
const DUE: usize = 16;
/// The extra is being replaced: for a few instructions, in which no code of the user's runs.
const BUSY: usize = 32;
const HANDLE: usize = 64;

const fn handles(state: usize) -> usize {
    state / HANDLE
}

/// Whether the callback is to be called when the referent dies.
const fn is_armed(state: usize) -> bool {
    let wanted = handles(state) != 0 && state & CANCELLED == 0;
    state & CALLBACK != 0 && (wanted || state & DUE != 0)
}

/// The word that handles and slot share.
pub trait State {
    fn new(state: usize) -> Self;
    fn get(&self) -> usize;
    fn add(&self, n: usize) -> usize;
    fn sub(&self, n: usize) -> usize;

    /// Adds one to the handles, which are counted in steps of `handle`.
    #[inline]
    fn add_handle(&self, handle: usize) {
        if self.add(handle) > usize::MAX / 2 {
            // As `Arc` does: so many can only have been forgotten, and the count must not wrap.
            std::process::abort();
        }
    }

    /// Replaces the state by what `f` makes of it. Returns the one before, or as an error the one
    /// that `f` refuses.
    fn update(&self, f: impl FnMut(usize) -> Option<usize>) -> Result<usize, usize>;
}

impl State for Cell<usize> {
    #[inline]
    fn new(state: usize) -> Self {
        Self::new(state)
    }

    #[inline]
    fn get(&self) -> usize {
        self.get()
    }

    #[inline]
    fn add(&self, n: usize) -> usize {
        self.replace(self.get() + n)
    }

    #[inline]
    fn sub(&self, n: usize) -> usize {
        self.replace(self.get() - n)
    }

    #[inline]
    fn update(&self, mut f: impl FnMut(usize) -> Option<usize>) -> Result<usize, usize> {
        let state = self.get();
        self.set(f(state).ok_or(state)?);
        Ok(state)
    }
}

impl State for AtomicUsize {
    #[inline]
    fn new(state: usize) -> Self {
        Self::new(state)
    }

    #[inline]
    fn get(&self) -> usize {
        self.load(Relaxed)
    }

    // As in `Arc`: who adds has a handle already, so there is nothing to wait for.
    #[inline]
    fn add(&self, n: usize) -> usize {
        self.fetch_add(n, Relaxed)
    }

    // What this thread did with the node comes before its end, on whichever thread that is.
    #[inline]
    fn sub(&self, n: usize) -> usize {
        self.fetch_sub(n, AcqRel)
    }

    #[inline]
    fn update(&self, f: impl FnMut(usize) -> Option<usize>) -> Result<usize, usize> {
        self.fetch_update(AcqRel, Acquire, f)
    }
}

/// The part of a node that depends on the type of its referent alone.
#[repr(C)]
pub(crate) struct Body<T: ?Sized + Weakrefable> {
    head: Head,
    methods: &'static Methods,
    state: <T::Flavor as Flavor>::State,
    /// Where the slot keeps the registration.
    place: AtomicU32,
    pub(crate) hash: KeptHash,
    pub(crate) weak: WeakOf<T>,
}

struct Methods {
    /// Drops the callback. The caller has cleared `CALLBACK`.
    drop_callback: unsafe fn(NonNull<Head>),
    /// Frees the node, with the callback if it is there. The caller has taken the last of it.
    free: unsafe fn(NonNull<Head>),
}

/// A node. The extra, `X`, is what a kind of reference keeps beside the callback and beyond it.
#[repr(C)]
struct Node<T: ?Sized + Weakrefable, X, C> {
    kept: Kept<T, X>,
    callback: UnsafeCell<MaybeUninit<C>>,
}

/// The part of a node that does not depend on the type of its callback.
#[repr(C)]
struct Kept<T: ?Sized + Weakrefable, X> {
    body: Body<T>,
    extra: UnsafeCell<X>,
}

/// One handle of a node.
pub(crate) struct Handle<T: ?Sized + Weakrefable>(NonNull<Body<T>>);

impl<T: ?Sized + Weakrefable> Handle<T> {
    /// Makes a node, registers it with the owner's slot, and returns its first handle.
    pub(crate) fn register<P, C>(owner: &P, callback: C) -> Self
    where
        T: 'static,
        P: Pointer<Referent = T>,
        C: FnOnce(&WeakRef<T>) + Callback<T, T::Flavor>,
    {
        // SAFETY: what `Callback` says.
        unsafe { Self::register_unchecked(owner.strong(), callback) }
    }

    /// The same where `C: Callback<T, T::Flavor>` holds, but cannot be derived: for a closure in generic
    /// code.
    ///
    /// # Safety
    ///
    /// In `Shared`, the callback is `Send`, and `T` is `Send + Sync`.
    pub(crate) unsafe fn register_unchecked<C>(owner: &StrongOf<T>, callback: C) -> Self
    where
        T: 'static,
        C: FnOnce(&WeakRef<T>) + 'static,
    {
        // SAFETY: as promised.
        unsafe { Self::register_as(Node::<T, (), C>::BEHAVIOUR, owner, (), callback) }
    }

    /// The same for a callback of the crate's own, with an extra in the node: `weakrefs` does not list
    /// it, so that nobody else comes by a handle.
    ///
    /// # Safety
    ///
    /// As for `register_unchecked`; and in `Shared`, the extra is `Send + Sync`.
    pub(crate) unsafe fn register_hidden<X, C>(owner: &StrongOf<T>, extra: X, callback: C) -> Self
    where
        T: 'static,
        X: 'static,
        C: FnOnce(&WeakRef<T>) + 'static,
    {
        // SAFETY: as promised.
        unsafe { Self::register_as(Node::<T, X, C>::HIDDEN, owner, extra, callback) }
    }

    /// # Safety
    ///
    /// As for `register_hidden`; and `behaviour` is that of a `Node<T, X, C>`.
    unsafe fn register_as<X, C>(
        behaviour: &'static Behaviour,
        owner: &StrongOf<T>,
        extra: X,
        callback: C,
    ) -> Self
    where
        T: 'static,
        X: 'static,
        C: FnOnce(&WeakRef<T>) + 'static,
    {
        let body = Body::<T> {
            head: Head { behaviour },
            methods: Node::<T, X, C>::METHODS,
            state: State::new(SLOT | CALLBACK | HANDLE),
            place: AtomicU32::new(0),
            hash: KeptHash::default(),
            weak: T::Flavor::downgrade(owner),
        };
        let node = Box::new(Node {
            kept: Kept { body, extra: UnsafeCell::new(extra) },
            callback: UnsafeCell::new(MaybeUninit::new(callback)),
        });
        let node = NonNull::from(Box::leak(node));
        // SAFETY: a node is `repr(C)` and begins with a `Head`. It is freed after `SLOT` has gone,
        // which goes with the registration. In `Shared` it may end on any thread, as the callback is
        // `Send` and `T` is `Send + Sync`.
        let registration = unsafe { Registration::new(node.cast(), 0) };
        let place = owner.weak_slot().register(registration);
        let handle = Self(node.cast());
        handle.body().place.store(place, Relaxed);
        handle
    }

    pub(crate) fn into_raw(self) -> NonNull<Body<T>> {
        std::mem::ManuallyDrop::new(self).0
    }

    /// # Safety
    ///
    /// The pointer comes from `into_raw`, and the handle in it is used once.
    pub(crate) unsafe fn from_raw(body: NonNull<Body<T>>) -> Self {
        Self(body)
    }

    /// Drops the handle, out of line: the drop of a reference without callback is to stay small.
    ///
    /// # Safety
    ///
    /// As for `from_raw`.
    #[inline(never)]
    pub(crate) unsafe fn drop_raw(body: NonNull<Body<T>>) {
        // SAFETY: as promised.
        drop(unsafe { Self::from_raw(body) });
    }

    pub(crate) fn body(&self) -> &Body<T> {
        // SAFETY: the node lives as long as it has a handle.
        unsafe { self.0.as_ref() }
    }

    fn extra_cell<X>(&self) -> *mut X {
        let kept = self.0.cast::<Kept<T, X>>().as_ptr();
        // SAFETY: the caller of this says that there is such an extra.
        unsafe { UnsafeCell::raw_get(&raw const (*kept).extra) }
    }

    /// Returns the extra.
    ///
    /// # Safety
    ///
    /// The node was made by `register_hidden`, with an `X`.
    pub(crate) unsafe fn extra<X>(&self) -> &X {
        // SAFETY: there is an `X`, as the caller promises. It is replaced only by `replace_extra`.
        unsafe { &*self.extra_cell() }
    }

    /// Replaces the extra, and returns the one before; or returns the new one, if there are other
    /// handles, which could be looking at it.
    ///
    /// # Safety
    ///
    /// As for `extra`.
    pub(crate) unsafe fn replace_extra<X>(&mut self, extra: X) -> Result<X, X> {
        let state = &self.body().state;
        let alone = |state| (handles(state) == 1).then_some(state | BUSY);
        if state.update(alone).is_err() {
            return Err(extra);
        }
        // SAFETY: there is an `X`. This is the only handle, and by `&mut`; as long as `BUSY` is set, a
        // death does not make one.
        let before = unsafe { self.extra_cell::<X>().replace(extra) };
        state.sub(BUSY);
        Ok(before)
    }

    /// Forgets the callback, uncalled.
    pub(crate) fn detach(&self) {
        let body = self.body();
        let claimed = body.claim_callback();
        let (unregistered, _referent) = body.unregister();
        if unregistered {
            // Not the last of it: there is this handle.
            body.state.sub(SLOT);
        }
        if claimed {
            // SAFETY: claimed, and this handle keeps the node.
            unsafe { (body.methods.drop_callback)(self.0.cast()) }
        }
    }

    /// Drops the handle, and has the callback called although there is none any more. The slot's share
    /// keeps the node until then.
    pub(crate) fn let_stand(self) {
        // Before the handle goes: the last one takes back the registration, unless it is due. If the
        // referent has died meanwhile, or has been cleared, `CALLBACK` or `SLOT` have gone, and `DUE`
        // says nothing.
        let _ = self.body().state.update(|state| Some(state | DUE));
    }

    /// Frees the node if `left`, the state after this handle has gone, says that it was the last.
    ///
    /// # Safety
    ///
    /// The handle is not used again.
    unsafe fn free_if_last(&self, left: usize) {
        if handles(left) == 0 && left & SLOT == 0 {
            // SAFETY: whoever is the last is alone, so the node still lives.
            unsafe { (self.body().methods.free)(self.0.cast()) }
        }
    }
}

impl<T: ?Sized + Weakrefable> Body<T> {
    pub(crate) fn is_cleared(&self) -> bool {
        self.state.get() & CLEARED != 0
    }

    pub(crate) fn has_callback(&self) -> bool {
        self.state.get() & CALLBACK != 0
    }

    /// Takes the callback away from everybody else, if it is there.
    fn claim_callback(&self) -> bool {
        let claim = |state| (state & CALLBACK != 0).then_some(state & !CALLBACK);
        self.state.update(claim).is_ok()
    }

    /// Adds a handle.
    pub(crate) fn add_handle(&self) {
        self.state.add_handle(HANDLE);
    }

    /// Takes the registration out of the referent's slot, and with it the slot's share. False if
    /// the slot is out of reach, or empty: then a death has the share, or will have it.
    ///
    /// Returns an owner too, which may have become the last: to be dropped at the very end.
    #[must_use]
    fn unregister(&self) -> (bool, Option<StrongOf<T>>) {
        let referent = T::Flavor::upgrade(&self.weak);
        let head = &raw const self.head;
        let place = self.place.load(Relaxed);
        let unregister = |referent: &StrongOf<T>| referent.weak_slot().unregister(place, head, 0);
        (referent.as_ref().and_then(unregister).is_some(), referent)
    }
}

impl<T: ?Sized + Weakrefable> Drop for Handle<T> {
    fn drop(&mut self) {
        /// Gives up shares, also if the callback panics as it drops.
        struct End<'a, T: ?Sized + Weakrefable>(&'a Handle<T>, usize);

        impl<T: ?Sized + Weakrefable> Drop for End<'_, T> {
            fn drop(&mut self) {
                let left = self.0.body().state.sub(self.1) - self.1;
                // SAFETY: the handle was among the shares.
                unsafe { self.0.free_if_last(left) }
            }
        }

        let body = self.body();
        if body.state.get() & SLOT == 0 {
            drop(End(self, HANDLE));
            return;
        }
        if T::Flavor::is_dead(&body.weak) {
            death::settle();
        }
        // The last handle takes the registration back before it goes. Which is the last is decided in
        // one step: of two threads, each could think that it is the other's; and `weakrefs` may be
        // adding one.
        let is_last = |state| handles(state) == 1 && state & (SLOT | DUE) == SLOT;
        let leave = |state| if is_last(state) { state | CANCELLED } else { state - HANDLE };
        let (Ok(before) | Err(before)) = body.state.update(|state| Some(leave(state)));
        if is_last(before) {
            // Declared first: it may be the last owner, and panic.
            let (unregistered, _referent) = body.unregister();
            let _end = End(self, if unregistered { HANDLE + SLOT } else { HANDLE });
            // The slot is out of reach, for as long as the value lives that has left its pointer.
            if !unregistered && body.claim_callback() {
                // SAFETY: claimed, and this handle still keeps the node.
                unsafe { (body.methods.drop_callback)(self.0.cast()) }
            }
        } else {
            // SAFETY: the handle has gone with the update.
            unsafe { self.free_if_last(leave(before)) }
        }
    }
}

impl<T, X, C> Node<T, X, C>
where
    T: ?Sized + Weakrefable + 'static,
    X: 'static,
    C: FnOnce(&WeakRef<T>) + 'static,
{
    const BEHAVIOUR: &'static Behaviour = &Behaviour {
        tell: Self::tell,
        tell_silently: Self::tell_silently,
        prepare: Self::prepare,
        let_go: None,
        has_weak: true,
        is_spent: |_| false,
        handle: Self::handle,
    };

    const HIDDEN: &'static Behaviour = &Behaviour { handle: |_| None, ..*Self::BEHAVIOUR };

    const METHODS: &'static Methods =
        &Methods { drop_callback: Self::drop_callback, free: Self::free };

    /// # Safety
    ///
    /// The caller has a handle or the slot's share as long as it uses the result.
    unsafe fn state<'a>(head: NonNull<Head>) -> &'a <T::Flavor as Flavor>::State {
        // SAFETY: so the node lives.
        unsafe { &head.cast::<Self>().as_ref().kept.body.state }
    }

    unsafe fn tell(head: NonNull<Head>, _: u32, _: Event) {
        // SAFETY: the registration is the slot's share.
        let state = unsafe { Self::state(head) };
        // Gives up the share. Where the callback is to be called, takes it and a handle instead.
        let take = |state| state - SLOT - CALLBACK + HANDLE;
        let change = |state| if is_armed(state) { take(state) } else { state - SLOT };
        let mut tries = 0;
        let before = loop {
            match state.update(|state| (state & BUSY == 0).then(|| change(state))) {
                Ok(before) => break before,
                Err(_) => relax(&mut tries),
            }
        };
        if is_armed(before) {
            let node = head.cast::<Self>();
            // SAFETY: `CALLBACK` has been cleared here, so the callback is this function's.
            let callback = unsafe { (*node.as_ref().callback.get()).assume_init_read() };
            let weak = WeakRef::from_handle(Handle(head.cast()));
            callback::run::<C>(|| callback(&weak));
            // It may have become the last handle. By itself, as what goes with it can panic too.
            callback::run::<C>(|| drop(weak));
        } else if handles(before) == 0 {
            // SAFETY: the share was the last of it.
            callback::run::<C>(|| unsafe { Self::free(head) });
        }
    }

    unsafe fn tell_silently(head: NonNull<Head>, _: u32, _: Event) {
        // SAFETY: the registration is the slot's share.
        let before = unsafe { Self::state(head) }.sub(SLOT);
        if handles(before) == 0 {
            // SAFETY: the share was the last of it.
            callback::run::<C>(|| unsafe { Self::free(head) });
        }
    }

    unsafe fn prepare(head: NonNull<Head>, event: Event) {
        let cleared = if event == Event::Died { 0 } else { CLEARED };
        let due = |state| if is_armed(state) { DUE } else { 0 };
        // SAFETY: the registration is the slot's share.
        let state = unsafe { Self::state(head) };
        let _ = state.update(|state| Some(state | due(state) | cleared));
    }

    unsafe fn handle(head: NonNull<Head>) -> Option<Box<dyn Any>> {
        // SAFETY: the registration is the slot's share.
        let state = unsafe { Self::state(head) };
        state.update(|state| is_armed(state).then_some(state + HANDLE)).ok()?;
        Some(Box::new(WeakRef::from_handle(Handle::<T>(head.cast()))))
    }

    unsafe fn drop_callback(head: NonNull<Head>) {
        // SAFETY: the caller has a handle and has cleared `CALLBACK`.
        unsafe { (*head.cast::<Self>().as_ref().callback.get()).assume_init_drop() }
    }

    unsafe fn free(head: NonNull<Head>) {
        // SAFETY: the caller had the last of it. It comes from a `Box`.
        let Self { kept: Kept { body, extra }, callback } =
            *unsafe { Box::from_raw(head.cast::<Self>().as_ptr()) };
        let callback = body.has_callback().then(|| {
            // SAFETY: `CALLBACK` is set, so nobody has taken it.
            unsafe { callback.into_inner().assume_init() }
        });
        // The user's last: if one panics, the other is dropped all the same.
        drop(body);
        let _extra = extra;
        drop(callback);
    }
}
