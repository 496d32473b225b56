//! The node of a callback: the allocation that a `WeakRef` with a callback points to.
//!
//! A node is kept by its *shares*: one for each handle (a clone of the `WeakRef`), and one for the
//! slot, which ends with the registration. The thread that gives up the last share frees the node.
//! Only a thread with a share may use the node.
//!
//! # The state word
//!
//! ```text
//! SLOT        the slot's share
//! CALLBACK    the callback is in the node; the thread that clears the bit owns the callback
//! CLEARED     the object is alive, but not for this reference: `clear_weakrefs`
//! CANCELLED   the last handle is being dropped: the callback is not called any more
//! DUE         the callback will be called even if all handles are dropped: the object was dropped,
//!             or the reference was left standing (`let_stand`)
//! BUSY        the extra is being replaced: for a few instructions, without user code
//! HANDLE      the unit of the number of handles, in all bits from here on
//! ```
//!
//! `SLOT` and `CALLBACK` are set at first, and only ever cleared; `CLEARED`, `CANCELLED` and `DUE`
//! are only ever set. Every transition is one read-modify-write operation, with `AcqRel` wherever it
//! clears a bit or counts down: the thread that clears `CALLBACK` sees the callback as it was
//! written, and the thread that frees the node sees all that others did with it.
//!
//! An `Arc` with a `Mutex` around the callback would do the same with twice the number of atomic
//! operations, which are about half of the cost of a callback.
#![allow(unsafe_code)]

use std::{
    any::Any, cell::UnsafeCell, mem::MaybeUninit, ptr::NonNull, sync::atomic::Ordering::Relaxed,
};

use crate::{
    Flavor, StrongOf, WeakRef, Weakrefable,
    flavor::{Callback, Pointer, WeakOf},
    notify,
    observer::{self, Event, Header, Registration, VTable},
    reference::kept_hash::KeptHash,
    sync::{
        AtomicU32, relax,
        state_word::{Count, State},
    },
    unraisable,
};

const SLOT: usize = 1;
const CALLBACK: usize = 2;
const CLEARED: usize = 4;
const CANCELLED: usize = 8;
const DUE: usize = 16;
const BUSY: usize = 32;
const HANDLE: usize = 64;
const HANDLES: Count = Count::new(HANDLE, 0);

const fn handles(state: usize) -> usize {
    HANDLES.of(state)
}

/// Whether the callback is called when the object is dropped.
const fn is_armed(state: usize) -> bool {
    let wanted = handles(state) != 0 && state & CANCELLED == 0;
    state & CALLBACK != 0 && (wanted || state & DUE != 0)
}

/// The part of a node that depends on the type of the object alone.
#[repr(C)]
pub(crate) struct Body<T: ?Sized + Weakrefable> {
    /// First, as a slot has a pointer to it.
    header: Header,
    /// The functions for the types of extra and callback. Constant.
    methods: &'static Methods,
    /// See the head of the file.
    state: <T::Flavor as Flavor>::State,
    /// The place of the registration in the slot. Written once, by the thread that registers, while
    /// it holds the slot. Every reader has a handle that was made after that, or by that thread: so
    /// Relaxed accesses are enough.
    place: AtomicU32,
    /// The hash of the object, if it has been computed.
    pub(crate) hash: KeptHash,
    /// The weak pointer to the object. Constant.
    pub(crate) weak: WeakOf<T>,
}

/// The functions of a node that depend on the types of its extra and its callback.
///
/// # Safety
///
/// The pointer is that of a node of these types, with the provenance of the whole node.
struct Methods {
    /// Drops the callback. The caller has cleared `CALLBACK`, and has a share.
    drop_callback: unsafe fn(NonNull<Header>),
    /// Frees the node, with the callback if that is there. The caller has given up the last share.
    free: unsafe fn(NonNull<Header>),
}

/// A node. It begins with a `Body`, which begins with a `Header`: all are `repr(C)`.
#[repr(C)]
struct Node<T: ?Sized + Weakrefable, X, C> {
    base: Base<T, X>,
    /// Initialized as long as `CALLBACK` is set.
    callback: UnsafeCell<MaybeUninit<C>>,
}

/// The part of a node that does not depend on the type of its callback.
#[repr(C)]
struct Base<T: ?Sized + Weakrefable, X> {
    body: Body<T>,
    /// A value that a kind of reference stores beside the callback, and keeps after it: the key of
    /// a `KeyedRef`. Shared by all handles. Replaced only by the only handle, while `BUSY` is set.
    extra: UnsafeCell<X>,
}

/// One handle of a node.
///
/// The pointer is the one to which the node's `Box` was leaked: the node is freed through it.
pub(crate) struct Handle<T: ?Sized + Weakrefable>(NonNull<Body<T>>);

impl<T: ?Sized + Weakrefable> Handle<T> {
    /// Makes a node, registers it with the object's slot, and returns its first handle.
    pub(crate) fn register<P, C>(owner: &P, callback: C) -> Self
    where
        T: 'static,
        P: Pointer<Referent = T>,
        C: FnOnce(&WeakRef<T>) + Callback<T, T::Flavor>,
    {
        // SAFETY: `C: Callback<T, T::Flavor>` says that in `Shared`, `C` is `Send` and `T` is
        // `Send + Sync`.
        unsafe { Self::register_unchecked(owner.strong(), callback) }
    }

    /// Like [`register`](Self::register), for a closure in generic code, of which the compiler
    /// cannot derive `C: Callback<T, T::Flavor>`.
    ///
    /// # Safety
    ///
    /// In `Shared`, the callback is `Send`, and `T` is `Send + Sync`.
    pub(crate) unsafe fn register_unchecked<C>(owner: &StrongOf<T>, callback: C) -> Self
    where
        T: 'static,
        C: FnOnce(&WeakRef<T>) + 'static,
    {
        // SAFETY: as promised by the caller; the table is that of the node.
        unsafe { Self::register_as(Node::<T, (), C>::VTABLE, owner, (), callback) }
    }

    /// Like [`register_unchecked`](Self::register_unchecked), for a callback of the crate's own,
    /// with an extra in the node. `weakrefs` does not list it, so only this handle can be cloned.
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
        // SAFETY: as promised by the caller; the table is that of the node.
        unsafe { Self::register_as(Node::<T, X, C>::HIDDEN, owner, extra, callback) }
    }

    /// # Safety
    ///
    /// As for `register_hidden`; and `vtable` is that of a `Node<T, X, C>`.
    unsafe fn register_as<X, C>(
        vtable: &'static VTable,
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
            header: Header { vtable },
            methods: Node::<T, X, C>::METHODS,
            state: State::new(SLOT | CALLBACK | HANDLE),
            place: AtomicU32::new(0),
            hash: KeptHash::new(),
            weak: T::Flavor::downgrade(owner),
        };
        let node = Box::new(Node {
            base: Base { body, extra: UnsafeCell::new(extra) },
            callback: UnsafeCell::new(MaybeUninit::new(callback)),
        });
        let node = NonNull::from(Box::leak(node));
        // SAFETY: a node is `repr(C)` and begins with a `Header`. The pointer has the provenance of
        // the whole node, which is freed after `SLOT` has been cleared, that is, after the
        // registration has ended. In `Shared` that may be on any thread, as the callback is `Send`
        // and `T` is `Send + Sync`. `T`, `X` and `C` are `'static`, so nothing in the node ends
        // before.
        let registration = unsafe { Registration::new(node.cast(), 0) };
        let handle = Self(node.cast());
        let body = handle.body();
        owner.weak_slot().register(registration, |place| body.place.store(place, Relaxed));
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

    /// Drops the handle, out of line, so that the drop of a reference without callback stays small.
    ///
    /// # Safety
    ///
    /// As for `from_raw`.
    #[inline(never)]
    pub(crate) unsafe fn drop_raw(body: NonNull<Body<T>>) {
        // SAFETY: as promised by the caller.
        drop(unsafe { Self::from_raw(body) });
    }

    pub(crate) fn body(&self) -> &Body<T> {
        // SAFETY: the handle keeps the node, and its pointer is that of the leaked `Box`. What
        // changes in the body does so by shared reference.
        unsafe { self.0.as_ref() }
    }

    /// Returns a pointer to the extra.
    ///
    /// # Safety
    ///
    /// The node was made by `register_hidden`, with an `X`.
    unsafe fn extra_cell<X>(&self) -> *mut X {
        let base = self.0.cast::<Base<T, X>>().as_ptr();
        // SAFETY: the node begins with a `Base<T, X>`, as the caller promises. The handle's pointer
        // has the provenance of the whole node, and no reference to the extra is made here.
        unsafe { UnsafeCell::raw_get(&raw const (*base).extra) }
    }

    /// Returns the extra.
    ///
    /// # Safety
    ///
    /// The node was made by `register_hidden`, with an `X`.
    pub(crate) unsafe fn extra<X>(&self) -> &X {
        // SAFETY: the handle keeps the node, in which there is an `X`, as the caller promises. Only
        // `replace_extra` writes to it, which has the only handle by `&mut`. Other threads may read
        // it by their handles: in `Shared`, `register_hidden` was promised that `X` is `Send +
        // Sync`.
        unsafe { &*self.extra_cell() }
    }

    /// Replaces the extra and returns the previous one; or returns the new one as an error, if
    /// there are other handles, through which the extra may be borrowed.
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
        // SAFETY: the handle keeps the node, in which there is an `X`, as the caller promises. This
        // is the only handle, and no borrow of the extra is left, as the handle is here by `&mut`.
        // While `BUSY` is set, `notify` makes no handle; `retain` never does, as the node is
        // hidden.
        let previous = unsafe { self.extra_cell::<X>().replace(extra) };
        state.sub(BUSY);
        Ok(previous)
    }

    /// Drops the callback uncalled, and takes the registration back.
    pub(crate) fn detach(&self) {
        let body = self.body();
        let claimed = body.claim_callback();
        let (unregistered, _owner) = body.unregister();
        if unregistered {
            // Not the last share, as there is this handle.
            body.state.sub(SLOT);
        }
        if claimed {
            // SAFETY: `CALLBACK` has been cleared here, and this handle keeps the node.
            unsafe { (body.methods.drop_callback)(self.0.cast()) }
        }
    }

    /// Drops the handle without cancelling the callback. The slot's share keeps the node.
    pub(crate) fn let_stand(self) {
        // The drop of the last handle, which comes next, takes the registration back unless the
        // callback is due. If the object has been dropped or cleared meanwhile, `CALLBACK` or
        // `SLOT` is not set any more, and `DUE` has no effect.
        let _ = self.body().state.update(|state| Some(state | DUE));
    }

    /// Frees the node if there is no share in `state`, the state after this handle has been given
    /// up.
    ///
    /// # Safety
    ///
    /// The handle has been given up, with this state as the result, and is not used again.
    unsafe fn free_if_last(&self, state: usize) {
        if handles(state) == 0 && state & SLOT == 0 {
            // SAFETY: the thread that gives up the last share is the only one that can reach the
            // node, and has not freed it yet. The pointer is that of the leaked `Box`.
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

    /// Clears `CALLBACK`, and returns whether it was set: then the caller owns the callback.
    fn claim_callback(&self) -> bool {
        let claim = |state| (state & CALLBACK != 0).then_some(state & !CALLBACK);
        self.state.update(claim).is_ok()
    }

    /// Adds a handle.
    pub(crate) fn add_handle(&self) {
        self.state.add_handle(HANDLES);
    }

    /// Takes the registration back, and with it the slot's share. Returns false if the object is
    /// dropped or the registration is not in its slot any more: then the run over the registrations
    /// has the share.
    ///
    /// Also returns a strong pointer, which may have become the last one: the caller drops it at
    /// the very end.
    #[must_use]
    fn unregister(&self) -> (bool, Option<StrongOf<T>>) {
        let owner = T::Flavor::upgrade(&self.weak);
        let header = &raw const self.header;
        let place = self.place.load(Relaxed);
        let unregister = |owner: &StrongOf<T>| owner.weak_slot().unregister(place, header, 0);
        (owner.as_ref().and_then(unregister).is_some(), owner)
    }
}

impl<T: ?Sized + Weakrefable> Drop for Handle<T> {
    fn drop(&mut self) {
        /// Gives up shares when it is dropped, also if the drop of the callback panics.
        struct Shares<'a, T: ?Sized + Weakrefable>(&'a Handle<T>, usize);

        impl<T: ?Sized + Weakrefable> Drop for Shares<'_, T> {
            fn drop(&mut self) {
                let state = self.0.body().state.sub(self.1) - self.1;
                // SAFETY: the shares, which include the handle's, have been given up.
                unsafe { self.0.free_if_last(state) }
            }
        }

        let body = self.body();
        if body.state.get() & SLOT == 0 {
            drop(Shares(self, HANDLE));
            return;
        }
        if T::Flavor::is_dead(&body.weak) {
            notify::settle();
        }
        // The last handle takes the registration back before it is given up. One atomic step
        // decides which handle is the last. Otherwise two threads could each conclude that the
        // other one has the last handle. And `weakrefs` may be adding a handle.
        let is_last = |state| handles(state) == 1 && state & (SLOT | DUE) == SLOT;
        let give_up = |state| if is_last(state) { state | CANCELLED } else { state - HANDLE };
        let (Ok(before) | Err(before)) = body.state.update(|state| Some(give_up(state)));
        if is_last(before) {
            // `_owner` is declared first and so dropped last: it may be the last strong pointer,
            // and its drop may panic.
            let (unregistered, _owner) = body.unregister();
            let _shares = Shares(self, if unregistered { HANDLE + SLOT } else { HANDLE });
            // If the object was moved out of its pointer, its slot is out of reach as long as it
            // exists. So the callback is dropped here.
            if !unregistered && body.claim_callback() {
                // SAFETY: `CALLBACK` has been cleared here, and this handle still keeps the node.
                unsafe { (body.methods.drop_callback)(self.0.cast()) }
            }
        } else {
            // SAFETY: the update has given up the handle.
            unsafe { self.free_if_last(give_up(before)) }
        }
    }
}

impl<T, X, C> Node<T, X, C>
where
    T: ?Sized + Weakrefable + 'static,
    X: 'static,
    C: FnOnce(&WeakRef<T>) + 'static,
{
    const VTABLE: &'static VTable = &VTable {
        notify: Self::notify,
        notify_silently: Self::notify_silently,
        prepare: Self::prepare,
        evict: None,
        has_weak: true,
        sees_object: false,
        is_spent: |_| false,
        retain: Self::retain,
        into_weak_ref: Self::into_weak_ref,
    };

    const HIDDEN: &'static VTable = &VTable {
        retain: observer::never_retained,
        into_weak_ref: observer::no_weak_ref,
        ..*Self::VTABLE
    };

    const METHODS: &'static Methods =
        &Methods { drop_callback: Self::drop_callback, free: Self::free };

    /// Returns the node, for a function of the table.
    ///
    /// # Safety
    ///
    /// The caller has a handle or the slot's share as long as it uses the result. The pointer is
    /// that of the whole node.
    unsafe fn of_share<'a>(header: NonNull<Header>) -> &'a Self {
        // SAFETY: the share keeps the node. What changes in the node does so by shared reference.
        unsafe { header.cast::<Self>().as_ref() }
    }

    unsafe fn notify(header: NonNull<Header>, _: u32, _: Event) {
        // SAFETY: the registration is the slot's share.
        let state = &unsafe { Self::of_share(header) }.base.body.state;
        // Gives up the slot's share. If the callback is to be called, exchanges it for a handle.
        let take = |state| HANDLES.plus_one(state - SLOT - CALLBACK);
        let change = |state| if is_armed(state) { take(state) } else { state - SLOT };
        let mut tries = 0;
        let before = loop {
            match state.update(|state| (state & BUSY == 0).then(|| change(state))) {
                Ok(before) => break before,
                Err(_) => relax(&mut tries),
            }
        };
        if is_armed(before) {
            // SAFETY: the share has become a handle, which keeps the node.
            let node = unsafe { Self::of_share(header) };
            // SAFETY: `CALLBACK` has been cleared here, so this thread owns the callback and is the
            // only one that uses the cell.
            let callback = unsafe { (*node.callback.get()).assume_init_read() };
            let weak = WeakRef::from_handle(Handle(header.cast()));
            unraisable::catch::<C>(|| callback(&weak));
            // This may have become the last handle, and the drop of the node's content may panic
            // too.
            unraisable::catch::<C>(|| drop(weak));
        } else if handles(before) == 0 {
            // SAFETY: the share was the last one.
            unraisable::catch::<C>(|| unsafe { Self::free(header) });
        }
    }

    unsafe fn notify_silently(header: NonNull<Header>, _: u32, _: Event) {
        // SAFETY: the registration is the slot's share.
        let before = unsafe { Self::of_share(header) }.base.body.state.sub(SLOT);
        if handles(before) == 0 {
            // SAFETY: the share was the last one.
            unraisable::catch::<C>(|| unsafe { Self::free(header) });
        }
    }

    unsafe fn prepare(header: NonNull<Header>, event: Event) {
        let cleared = if event.is_death() { 0 } else { CLEARED };
        let due = |state| if is_armed(state) { DUE } else { 0 };
        // SAFETY: the registration is the slot's share.
        let state = &unsafe { Self::of_share(header) }.base.body.state;
        let _ = state.update(|state| Some(state | due(state) | cleared));
    }

    unsafe fn retain(header: NonNull<Header>) -> bool {
        // SAFETY: the registration is the slot's share.
        let state = &unsafe { Self::of_share(header) }.base.body.state;
        state.update(|state| is_armed(state).then(|| HANDLES.plus_one(state))).is_ok()
    }

    unsafe fn into_weak_ref(header: NonNull<Header>) -> Box<dyn Any> {
        // `retain` has added this handle.
        Box::new(WeakRef::from_handle(Handle::<T>(header.cast())))
    }

    unsafe fn drop_callback(header: NonNull<Header>) {
        // SAFETY: the caller has a share, and has cleared `CALLBACK`, so it owns the callback.
        unsafe { (*Self::of_share(header).callback.get()).assume_init_drop() }
    }

    unsafe fn free(header: NonNull<Header>) {
        // SAFETY: the caller has given up the last share, so no other thread can reach the node.
        // The pointer is that of the leaked `Box`.
        let Self { base: Base { body, extra }, callback } =
            *unsafe { Box::from_raw(header.cast::<Self>().as_ptr()) };
        let callback = body.has_callback().then(|| {
            // SAFETY: `CALLBACK` is set, so the callback has not been taken.
            unsafe { callback.into_inner().assume_init() }
        });
        // User code last: if the drop of the callback panics, the extra is dropped all the same.
        drop(body);
        let _extra = extra;
        drop(callback);
    }
}
