//! The node of a finalizer: the allocation that a `Finalizer` points to.
//!
//! A node is kept by its *shares*: one for each handle (a clone of the `Finalizer`), one for the
//! object's slot, which ends with the registration, and one for the exit registry, while the
//! finalizer is listed. The thread that gives up the last share frees the node. Only a thread with
//! a share may use the node.
//!
//! # The state word
//!
//! ```text
//! SLOT        the slot's share
//! LISTED      the registry's share
//! ALIVE       the content (the function, and the weak pointer to the object) is in the node; the
//!             thread that clears the bit owns the content, and takes back the other shares
//! ATEXIT      the function runs at the end of the program
//! PEEKED      a thread borrows the content, in `peek`: no other thread takes it, or borrows it
//! OWED        the function must run when `peek` ends
//! UNWANTED    the function must be dropped uncalled when `peek` ends; the finalizer already reads
//!             as dead
//! HANDLE      the unit of the number of handles, in all bits from here on
//! ```
//!
//! `OWED` and `UNWANTED` are set by threads that must not wait for `peek`: only while `PEEKED` is
//! set, and at most one of them. The end of the peek clears all three. Every transition is one
//! read-modify-write operation, with `AcqRel` wherever it clears a bit or counts down: the thread
//! that clears `ALIVE` sees the content as it was written, and the thread that frees the node sees
//! all that others did with it.
#![allow(unsafe_code)]

use std::{
    cell::UnsafeCell,
    mem::MaybeUninit,
    ptr::{self, NonNull},
    sync::atomic::Ordering::Relaxed,
};

use crate::{
    Flavor, StrongOf, Weakrefable,
    finalize::{
        LastLook,
        exit::{
            self,
            registry::{LinkVTable, Registry, RegistryLink},
        },
        function::{FinalizerFunction, WithObject},
    },
    flavor::{Callback, MaybeSend, Pointer, WeakOf},
    notify,
    observer::{self, Event, Header, Registration, VTable},
    sync::deadlock::{self, ANONYMOUS, while_holding},
    sync::{
        AtomicU32, AtomicUsize, relax,
        state_word::{Count, State},
        thread_token,
    },
    unraisable,
};

const SLOT: usize = 1;
const LISTED: usize = 2;
const ALIVE: usize = 4;
const ATEXIT: usize = 8;
const PEEKED: usize = 16;
const OWED: usize = 32;
const UNWANTED: usize = 64;
const HANDLE: usize = 128;
const HANDLES: Count = Count::new(HANDLE, 0);

/// Whether the function may still be called, run or detached.
const fn is_alive(state: usize) -> bool {
    state & (ALIVE | UNWANTED) == ALIVE
}

/// Whether no share is left.
const fn is_free(state: usize) -> bool {
    state & (SLOT | LISTED) == 0 && state < HANDLE
}

/// A node. It begins with a `RegistryLink`, which begins with a `Header`: all are `repr(C)`.
#[repr(C)]
struct Node<T: ?Sized + Weakrefable, F> {
    /// First, as a slot and the registry have pointers to it.
    link: RegistryLink,
    /// See the head of the file.
    state: <T::Flavor as Flavor>::State,
    /// The place of the registration in the slot. Written once, by the thread that registers, while
    /// it holds the slot; read by threads that have a handle, or that found the node in the
    /// registry, which lists it later. So Relaxed accesses are enough.
    place: AtomicU32,
    /// The token of the thread that peeks, or 0. Only that thread writes to it, while `PEEKED` is
    /// set. So a thread that reads its own token peeks, and Relaxed accesses are enough.
    peeker: AtomicUsize,
    /// The address of the object when the finalizer was made, if it was in an `Rc` or `Arc`;
    /// otherwise null. Constant, and never dereferenced.
    object: *const (),
    /// Initialized as long as `ALIVE` is set.
    content: UnsafeCell<MaybeUninit<Content<T, F>>>,
}

/// The part of a finalizer that is taken out when it is run, called or detached.
struct Content<T: ?Sized + Weakrefable, F> {
    function: F,
    /// The weak pointer to the object, if that was in an `Rc` or `Arc`. It is dropped with the
    /// function: a finalizer that has run neither keeps the object's memory, nor makes `get_mut`
    /// fail.
    weak: Option<WeakOf<T>>,
}

type RegistryOf<T> = <<T as Weakrefable>::Flavor as Flavor>::Registry;

/// One handle of a node.
///
/// The pointer is the one to which the node's `Box` was leaked: the node is freed through it.
pub(super) struct Handle<T: ?Sized + Weakrefable, F>(NonNull<Node<T, F>>);

// SAFETY: through a handle, any thread can get strong pointers to the object (`upgrade`, `peek`),
// which `WeakOf<T>: Send` allows; and the function, by value or by reference to one thread at a
// time, as from a `Mutex<Option<F>>`. As `WeakOf<T>: Send`, the flavour is `Shared`. Then the other
// fields of a node are constant or atomic, but for the `Cell`s of its `RegistryLink`, which the
// lock of its list guards.
unsafe impl<T: ?Sized + Weakrefable, F: Send> Send for Handle<T, F> where WeakOf<T>: Send {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Weakrefable, F: Send> Sync for Handle<T, F> where WeakOf<T>: Send + Sync {}

impl<T: Weakrefable, C> Handle<T, WithObject<C>> {
    /// Makes a finalizer of an object in an `Rc` or `Arc`, which sees that object.
    pub(super) fn register_seeing<P, R>(owner: &P, function: C) -> Self
    where
        T: LastLook + 'static,
        P: Pointer<Referent = T>,
        C: FnOnce(Option<&T>) -> R + Callback<T, T::Flavor>,
    {
        let weak = T::Flavor::downgrade(owner.strong());
        let content = Content { function: WithObject(function), weak: Some(weak) };
        // SAFETY: as in `register_owned`, as `C` is all that is in a `WithObject<C>`.
        unsafe { Self::register(owner, content, ATEXIT) }
    }
}

impl<T: ?Sized + Weakrefable, F> Handle<T, F> {
    /// Makes a finalizer of an object in an `Rc` or `Arc`.
    pub(super) fn register_owned<P, R>(owner: &P, function: F) -> Self
    where
        T: 'static,
        P: Pointer<Referent = T>,
        F: FnOnce() -> R + Callback<T, T::Flavor>,
    {
        let weak = T::Flavor::downgrade(owner.strong());
        let content = Content { function, weak: Some(weak) };
        // SAFETY: `F: Callback<T, T::Flavor>` says that `F` and `T` are `'static`, and in `Shared`
        // that `F` is `Send` and `T` is `Send + Sync`. The weak pointer comes from the owner of
        // `*owner`.
        unsafe { Self::register(owner, content, ATEXIT) }
    }

    /// Makes a finalizer of an object wherever it is.
    pub(super) fn register_unowned<R>(value: &T, function: F) -> Self
    where
        F: FnOnce() -> R + MaybeSend<T::Flavor>,
    {
        // SAFETY: `F: MaybeSend<T::Flavor>` says that `F` is `'static`, and in `Shared` that it is
        // `Send`.
        unsafe { Self::register(value, Content { function, weak: None }, ATEXIT) }
    }

    /// Makes a finalizer of an object wherever it is, which does not run at the end of the program.
    ///
    /// The function is `Send` in both flavours, so that this can be called for any of them.
    pub(super) fn register_until_drop<R>(value: &T, function: F) -> Self
    where
        F: FnOnce() -> R + Send + 'static,
    {
        // SAFETY: `F` is `'static` and `Send`.
        unsafe { Self::register(value, Content { function, weak: None }, 0) }
    }

    /// Makes a node and registers it with the slot. With `atexit`, which is `ATEXIT` or 0, also
    /// lists it in the registry.
    ///
    /// # Safety
    ///
    /// `F: 'static`, and in `Shared`, `F: Send`. If there is a weak pointer, it points to the
    /// object, and `T: 'static`, and in `Shared`, `T: Send + Sync`.
    unsafe fn register(object: &T, content: Content<T, F>, atexit: usize) -> Self
    where
        F: FinalizerFunction<T>,
    {
        let list = RegistryOf::<T>::prepare();
        let (vtable, address) = match content.weak {
            Some(_) => (Node::<T, F>::WITH_WEAK, (&raw const *object).cast()),
            None => (Node::<T, F>::WITHOUT_WEAK, ptr::null()),
        };
        let node = Box::new(Node::<T, F> {
            link: RegistryLink::new(Header { vtable }, Node::<T, F>::LINK_VTABLE, list),
            state: State::new(SLOT | ALIVE | atexit | HANDLE),
            place: AtomicU32::new(0),
            peeker: AtomicUsize::new(0),
            object: address,
            content: UnsafeCell::new(MaybeUninit::new(content)),
        });
        let handle = Self(NonNull::from(Box::leak(node)));
        // SAFETY: a node is `repr(C)` and begins with a `RegistryLink`, which begins with a
        // `Header`. The pointer has the provenance of the whole node, which is freed after `SLOT`
        // has been cleared, that is, after the registration has ended. In `Shared` that may be on
        // any thread, which the bounds on the content allow, as the caller promises. The content is
        // `'static`, so no lifetime in it ends before.
        let registration = unsafe { Registration::new(handle.0.cast(), 0) };
        let node = handle.node();
        object.weak_slot().register(registration, |place| node.place.store(place, Relaxed));
        // Listed last: a thread that finds it in the registry reads its place in the slot.
        if atexit != 0 && !exit::is_closed() {
            // SAFETY: as above, and the node is freed after `LISTED` has been cleared. The caller
            // has a handle.
            unsafe { RegistryOf::<T>::join(handle.0.cast()) }
        }
        handle
    }

    fn node(&self) -> &Node<T, F> {
        // SAFETY: the handle keeps the node, and its pointer is that of the leaked `Box`. What
        // changes in it does so by shared reference.
        unsafe { self.0.as_ref() }
    }

    /// Returns the address of the node: the identity of the finalizer.
    pub(super) fn address(&self) -> *const () {
        self.0.as_ptr().cast_const().cast()
    }

    /// Returns the address of the object when the finalizer was made, if it was in an `Rc` or
    /// `Arc`.
    pub(super) fn object(&self) -> Option<*const ()> {
        Some(self.node().object).filter(|object| !object.is_null())
    }

    pub(super) fn is_alive(&self) -> bool {
        is_alive(self.node().state.get())
    }

    pub(super) fn atexit(&self) -> bool {
        let state = self.node().state.get();
        is_alive(state) && state & ATEXIT != 0
    }

    pub(super) fn set_atexit(&self, atexit: bool) {
        let set = |state| if atexit { state | ATEXIT } else { state & !ATEXIT };
        let set = self.node().state.update(|state| is_alive(state).then(|| set(state)));
        if atexit && set.is_ok_and(|before| before & LISTED == 0) && !exit::is_closed() {
            // SAFETY: as in `register`.
            unsafe { RegistryOf::<T>::join(self.0.cast()) }
        }
    }

    /// Takes the function, and removes the node from slot and registry. Waits for the end of
    /// another thread's `peek`. Returns `None` if the finalizer is not alive.
    ///
    /// Also returns a strong pointer, if the object is alive, which may have become the last one.
    ///
    /// # Panics
    ///
    /// If this thread peeks, or if the wait would never end.
    #[track_caller]
    pub(super) fn take(&self, method: &str) -> Option<(F, Option<StrongOf<T>>)> {
        let claim = |state| (is_alive(state) && state & PEEKED == 0).then_some(state & !ALIVE);
        let before = self.update_unless_peeked(method, claim)?;
        // SAFETY: `ALIVE` has been cleared here, and this is a handle.
        Some(unsafe { Node::take_out(self.0, before) })
    }

    /// [Takes](Self::take) the function and calls it, unless the end of the program is over.
    #[track_caller]
    pub(super) fn call(&self) -> Option<F::Output>
    where
        F: FinalizerFunction<T>,
    {
        let (function, owner) = self.take("call")?;
        let owner = keep_to_see::<T, F>(owner);
        let output = (!exit::is_over()).then(|| function.call(owner.as_deref()));
        release::<T>(owner);
        output
    }

    /// Drops the function. If a thread peeks at it, defers the drop to the end of the peek. If the
    /// function is already owed, the peek runs it instead.
    pub(super) fn discard(&self) {
        let discard = |state| match state & (PEEKED | OWED) {
            PEEKED => state | UNWANTED,
            0 => state & !ALIVE,
            _ => state,
        };
        let discarded = self.node().state.update(|state| is_alive(state).then(|| discard(state)));
        if let Ok(before) = discarded
            && before & PEEKED == 0
        {
            // SAFETY: `ALIVE` has been cleared here, and this is a handle.
            let (function, owner) = unsafe { Node::take_out(self.0, before) };
            release::<T>(owner);
            drop(function);
        }
    }

    /// Calls `look` with the function, and with a strong pointer if the object is alive, while no
    /// other thread can take the function. Returns `None` if the finalizer is not alive.
    ///
    /// # Panics
    ///
    /// As [`take`](Self::take).
    #[track_caller]
    pub(super) fn peek<U>(&self, look: impl FnOnce(Option<&StrongOf<T>>, &F) -> U) -> Option<U>
    where
        F: FinalizerFunction<T>,
    {
        let lend = |state| (is_alive(state) && state & PEEKED == 0).then_some(state | PEEKED);
        self.update_unless_peeked("peek", lend)?;
        let node = self.node();
        node.peeker.store(thread_token(), Relaxed);
        // SAFETY: this handle keeps the node. `ALIVE` was set, so the content is initialized. While
        // `PEEKED` is set, no other thread takes it, drops it or borrows it; and `peek` in its own
        // thread, inside of `look`, panics. `look` accepts any lifetime, so it returns nothing that
        // borrows the content.
        let content = unsafe { (*node.content.get()).assume_init_ref() };
        let owner = content.weak.as_ref().and_then(T::Flavor::upgrade);
        let peek = Peek { handle: self, owner, run: run_outside_of_drop::<T, F> };
        Some(while_holding(ANONYMOUS, || look(peek.owner.as_ref(), &content.function)))
    }

    /// Changes the state by `change`, and returns the previous one; or `None` if the finalizer is
    /// not alive. If `change` returns `None`, a thread peeks: waits for the end of the peek.
    ///
    /// # Panics
    ///
    /// If this thread peeks, or if the wait would never end.
    #[track_caller]
    fn update_unless_peeked(
        &self,
        method: &str,
        change: impl Fn(usize) -> Option<usize>,
    ) -> Option<usize> {
        let node = self.node();
        loop {
            match node.state.update(&change) {
                Ok(before) => return Some(before),
                Err(state) if !is_alive(state) => return None,
                Err(_) => {}
            }
            let is_mine = node.peeker.load(Relaxed) == thread_token();
            assert!(
                !is_mine,
                "`{method}` of a finalizer was called inside of its own `peek`: call it when \
                 `peek` has returned"
            );
            let circle = format_args!(
                "`{method}` of a finalizer would wait for ever: the thread that is in its `peek` \
                 waits for what this thread is in the middle of; let `peek` return before it waits"
            );
            let _waiting = deadlock::record_wait_for_thread(&node.peeker, circle);
            let mut tries = 0;
            while node.state.get() & PEEKED != 0 {
                relax(&mut tries);
            }
        }
    }
}

impl<T: ?Sized + Weakrefable, F> Clone for Handle<T, F> {
    fn clone(&self) -> Self {
        self.node().state.add_handle(HANDLES);
        Self(self.0)
    }
}

impl<T: ?Sized + Weakrefable, F> Drop for Handle<T, F> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the handle is given up, and not used again.
        unsafe { Node::give_up(self.0, HANDLE) }
    }
}

/// A peek that has not ended. Its drop ends the peek, also if `look` panics, and handles the
/// requests of other threads.
struct Peek<'a, T: ?Sized + Weakrefable, F> {
    handle: &'a Handle<T, F>,
    /// The strong pointer that `look` is given. Dropped after the peek has ended, as it may have
    /// become the last one.
    owner: Option<StrongOf<T>>,
    /// Runs the function: [`run_outside_of_drop`] for its type.
    run: fn(F, Option<StrongOf<T>>),
}

impl<T: ?Sized + Weakrefable, F> Drop for Peek<'_, T, F> {
    fn drop(&mut self) {
        let Self { handle, owner, run } = self;
        let node = handle.node();
        node.peeker.store(0, Relaxed);
        let has_request = |state| state & (OWED | UNWANTED) != 0;
        let claim = |state| if has_request(state) { ALIVE | OWED | UNWANTED } else { 0 };
        let end = |state| Some(state & !(PEEKED | claim(state)));
        let (Ok(before) | Err(before)) = node.state.update(end);
        if has_request(before) {
            // SAFETY: `ALIVE` has been cleared here, and this is a handle.
            let (function, another) = unsafe { Node::take_out(handle.0, before) };
            release::<T>(owner.take());
            if before & UNWANTED == 0 {
                run(function, another);
            } else {
                release::<T>(another);
                unraisable::catch::<F>(|| drop(function));
            }
        }
    }
}

/// Drops a strong pointer before the function runs, so that the function does not run with an extra
/// one. If it has become the last one, the object is dropped here. The caller did not request that,
/// so a panic goes to the unraisable hook, and the function runs all the same.
fn release<T: ?Sized + Weakrefable>(owner: Option<StrongOf<T>>) {
    unraisable::catch::<T>(|| drop(owner));
}

/// Returns the strong pointer if the function sees the object, and releases it otherwise.
fn keep_to_see<T: ?Sized + Weakrefable, F: FinalizerFunction<T>>(
    owner: Option<StrongOf<T>>,
) -> Option<StrongOf<T>> {
    if F::SEES_OBJECT {
        return owner;
    }
    release::<T>(owner);
    None
}

/// Runs a function for which nobody waits, outside of the object's drop. Does not panic.
fn run_outside_of_drop<T: ?Sized + Weakrefable, F: FinalizerFunction<T>>(
    function: F,
    owner: Option<StrongOf<T>>,
) {
    let owner = keep_to_see::<T, F>(owner);
    run(function, owner.as_deref());
    release::<T>(owner);
}

/// Runs a function at a drop or at the end of the program. Does not panic.
fn run<T: ?Sized + Weakrefable, F: FinalizerFunction<T>>(function: F, object: Option<&T>) {
    unraisable::catch::<F>(|| {
        if !exit::is_over() {
            function.call(object);
        }
    });
}

impl<T: ?Sized + Weakrefable, F> Node<T, F> {
    /// Removes the node from registry and slot, and takes the function out of the node. Also
    /// returns a strong pointer, if the object is alive.
    ///
    /// # Safety
    ///
    /// The caller has cleared `ALIVE`, which was set in the state `before`, and has a handle, whose
    /// pointer is `this`.
    unsafe fn take_out(this: NonNull<Self>, before: usize) -> (F, Option<StrongOf<T>>) {
        // SAFETY: as promised by the caller, whose handle is a share.
        let mut shares = unsafe { Self::unlist(this, before) };
        // SAFETY: the caller's handle keeps the node.
        let node = unsafe { this.as_ref() };
        // SAFETY: the caller has cleared `ALIVE`, so it owns the content, and is the only one to
        // use the cell.
        let Content { function, weak } = unsafe { (*node.content.get()).assume_init_read() };
        let owner = weak.as_ref().and_then(T::Flavor::upgrade);
        if let Some(owner) = &owner {
            let place = node.place.load(Relaxed);
            let header = this.as_ptr().cast_const().cast();
            let registration = owner.weak_slot().unregister(place, header, 0);
            shares += registration.map_or(0, |_| SLOT);
        }
        if shares != 0 {
            // Not the last share, as there is the caller's handle.
            node.state.sub(shares);
        }
        (function, owner)
    }

    /// Removes the node from the registry, and returns the registry's share if that has become the
    /// caller's.
    ///
    /// # Safety
    ///
    /// The caller has cleared `ALIVE`, which was set in the state `before`, and has a share. `this`
    /// is the pointer to which the node was leaked: the registry may free the node through it.
    unsafe fn unlist(this: NonNull<Self>, before: usize) -> usize {
        // SAFETY: the finalizer is listed, and not alive any more, and only this thread has cleared
        // `ALIVE`. The pointer is that of the whole node.
        let removed = before & LISTED != 0 && unsafe { RegistryOf::<T>::remove(this.cast()) };
        if removed { LISTED } else { 0 }
    }

    /// Gives up shares, and frees the node if these were the last ones, together with the content
    /// if that is there.
    ///
    /// # Safety
    ///
    /// The caller has the shares, and does not use them again. `this` is the pointer to which the
    /// node was leaked.
    #[inline]
    unsafe fn give_up(this: NonNull<Self>, shares: usize) {
        // SAFETY: the shares keep the node. The pointer is that of the leaked `Box`, as the caller
        // promises.
        let state = unsafe { this.as_ref() }.state.sub(shares) - shares;
        if is_free(state) {
            // SAFETY: the thread that gives up the last share is the only one that can reach the
            // node. The pointer is the one of the leaked `Box`.
            let Self { content, .. } = *unsafe { Box::from_raw(this.as_ptr()) };
            if state & ALIVE != 0 {
                // SAFETY: `ALIVE` is set, so the content has not been taken.
                drop(unsafe { content.into_inner().assume_init() });
            }
        }
    }
}

impl<T: ?Sized + Weakrefable, F: FinalizerFunction<T>> Node<T, F> {
    const WITH_WEAK: &'static VTable = &Self::vtable(true);

    const WITHOUT_WEAK: &'static VTable = &Self::vtable(false);

    const fn vtable(has_weak: bool) -> VTable {
        VTable {
            notify: Self::notify,
            notify_silently: Self::notify_silently,
            prepare: |_, _| (),
            evict: None,
            has_weak,
            sees_object: F::SEES_OBJECT,
            is_spent: Self::is_spent,
            retain: observer::never_retained,
            into_weak_ref: observer::no_weak_ref,
        }
    }

    const LINK_VTABLE: &'static LinkVTable =
        &LinkVTable { join: Self::join, take: Self::take, release: Self::release, run: Self::run };

    /// Returns the node, for a function of one of the tables.
    ///
    /// # Safety
    ///
    /// The caller has a share as long as it uses the result. The pointer is that of the whole node.
    unsafe fn of_share<'a, H>(header: NonNull<H>) -> &'a Self {
        // SAFETY: the share keeps the node. What changes in the node does so by shared reference.
        unsafe { header.cast::<Self>().as_ref() }
    }

    unsafe fn notify(header: NonNull<Header>, _: u32, event: Event) {
        let this = header.cast::<Self>();
        // SAFETY: the registration is the slot's share.
        let node = unsafe { Self::of_share(header) };
        let (Ok(before) | Err(before)) = node.state.update(|state| {
            Some(match (is_alive(state), state & PEEKED != 0) {
                (false, _) => state,
                (true, true) => state | OWED,
                (true, false) => state & !ALIVE,
            })
        });
        if !is_alive(before) || before & PEEKED != 0 {
            // SAFETY: the slot's share is given up. No user code runs: the function was taken, or a
            // thread peeks at it, and has a handle.
            unsafe { Self::give_up(this, SLOT) }
            return;
        }
        // SAFETY: `ALIVE` has been cleared here, and this thread has the slot's share.
        let listed = unsafe { Self::unlist(this, before) };
        // SAFETY: as above, so this thread owns the content, and is the only one to use the cell.
        let Content { function, weak } = unsafe { (*node.content.get()).assume_init_read() };
        // SAFETY: the shares are given up, and the node is not used again.
        unsafe { Self::give_up(this, SLOT + listed) }
        if !F::SEES_OBJECT {
            drop(weak);
            return run(function, None);
        }
        match event {
            Event::Died(object) => {
                // SAFETY: an `Event::Died` with a pointer says that the `Drop` of an object, all of
                // which is there, is running until this function returns. `function` accepts any
                // lifetime.
                let object = unsafe { Self::seen_in_drop(weak.as_ref(), object) };
                drop(weak);
                run(function, object);
            }
            Event::Cleared(_) => {
                let owner = weak.as_ref().and_then(T::Flavor::upgrade);
                drop(weak);
                run_outside_of_drop(function, owner);
            }
        }
    }

    /// Returns the object that is being dropped, if it is where it was when the finalizer was made.
    ///
    /// # Safety
    ///
    /// `object` is null, or points to an object whose `Drop` is running, and all of which is there
    /// as long as the result is used. It comes from [`SlotField::died`] or from the `Drop` of
    /// [`Slotted`], for the slot in which this finalizer was.
    ///
    /// [`SlotField::died`]: crate::__private::SlotField::died
    /// [`Slotted`]: crate::Slotted
    unsafe fn seen_in_drop<'a>(weak: Option<&WeakOf<T>>, object: *const ()) -> Option<&'a T> {
        let object = NonNull::new(object.cast_mut())?;
        let place: *const () = T::Flavor::as_ptr(weak?).cast();
        if place != object.as_ptr().cast_const() {
            return None;
        }
        // SAFETY: the weak pointer keeps the allocation, so no other can be at that place: the
        // object is in that one. It is the `T` with which this finalizer was registered, and even
        // with the same lifetimes in it. For as long as there is a weak pointer, std gives no `&mut`
        // to what is in an `Rc` or `Arc`; and what is moved out of it (`try_unwrap`, `make_mut`)
        // leaves the place empty for ever. As `T: LastLook`, which is what `see` exists for, the
        // pointer is to all of the `T`. The drop's `&mut` is not used until the result is not used
        // any more.
        Some(unsafe { F::see(object) })
    }

    unsafe fn notify_silently(header: NonNull<Header>, token: u32, event: Event) {
        // SAFETY: the registration is the slot's share.
        let is_alive = is_alive(unsafe { Self::of_share(header) }.state.get());
        if is_alive && event.is_death() {
            // Registered while the object was being dropped. It is run, and not cancelled like a
            // callback, as it does not depend on a handle.
            // SAFETY: the parts are those of the registration that has not ended yet.
            notify::notify_one(unsafe { Registration::new(header, token) }, event);
        } else {
            // SAFETY: the slot's share is given up.
            unraisable::catch::<F>(|| unsafe { Self::give_up(header.cast(), SLOT) });
        }
    }

    unsafe fn is_spent(header: NonNull<Header>) -> bool {
        // SAFETY: the registration is the slot's share.
        unsafe { Self::of_share(header) }.state.get() & ALIVE == 0
    }

    unsafe fn join(link: NonNull<RegistryLink>) -> bool {
        let wanted = |state| is_alive(state) && state & (ATEXIT | LISTED) == ATEXIT;
        // SAFETY: the caller has a handle.
        let node = unsafe { Self::of_share(link) };
        node.state.update(|state| wanted(state).then_some(state | LISTED)).is_ok()
    }

    unsafe fn take(link: NonNull<RegistryLink>) -> bool {
        let take = |state| (state & ALIVE != 0).then(|| HANDLES.plus_one(state - LISTED));
        // SAFETY: the finalizer is listed, so the registry has a share.
        unsafe { Self::of_share(link) }.state.update(take).is_ok()
    }

    unsafe fn release(link: NonNull<RegistryLink>) {
        // SAFETY: the registry's share is given up. No user code runs, as the content has been
        // taken.
        unsafe { Self::give_up(link.cast(), LISTED) }
    }

    unsafe fn run(link: NonNull<RegistryLink>) {
        // `take` has made this handle.
        let handle = Handle::<T, F>(link.cast());
        let claim = |state| if state & PEEKED == 0 { state & !ALIVE } else { state | OWED };
        let wanted = |state| is_alive(state) && state & ATEXIT != 0;
        let node = handle.node();
        if let Ok(before) = node.state.update(|state| wanted(state).then(|| claim(state)))
            && before & PEEKED == 0
        {
            // SAFETY: `ALIVE` has been cleared here, and this is a handle.
            let (function, owner) = unsafe { Self::take_out(handle.0, before) };
            run_outside_of_drop(function, owner);
        }
        unraisable::catch::<F>(|| drop(handle));
    }
}
