//! What stands behind a `Finalizer`, in one allocation.
//!
//! It belongs to its handles (the clones of the `Finalizer`), to the object's slot and to the registry
//! of the end, which share one word:
//!
//! - Each handle counts `HANDLE`; `SLOT` and `LISTED` are the shares of the slot and of the registry.
//!   Who takes the last of them frees the node.
//! - `ALIVE` says that the function is there, and the weak pointer to the object. Whoever clears it owns
//!   both, and takes the node out of slot and registry.
//! - `ATEXIT` says that the end is to run it.
//! - `PEEKED` says that somebody looks at the function, which nobody else may take meanwhile. Who
//!   cannot wait leaves word: `OWED`, that it is to be run after that, or `UNWANTED`, that it is to be
//!   dropped.
#![allow(unsafe_code)]

use std::{
    any::Any,
    cell::UnsafeCell,
    mem::MaybeUninit,
    ptr::{self, NonNull},
    sync::atomic::Ordering::Relaxed,
};

use crate::{
    Callback, Flavor, MaybeSend, Pointer, StrongOf, Weakrefable, callback, death,
    exit::{
        self,
        registry::{Entry, Methods, Registry},
    },
    flavor::WeakOf,
    node::State,
    observer::{Behaviour, Event, Head, Registration},
    sync::{AtomicU32, AtomicUsize, relax, thread_token},
    waits::{self, ANYTHING, hold},
};

const SLOT: usize = 1;
const LISTED: usize = 2;
const ALIVE: usize = 4;
const ATEXIT: usize = 8;
const PEEKED: usize = 16;
const OWED: usize = 32;
const UNWANTED: usize = 64;
const HANDLE: usize = 128;

const fn is_alive(state: usize) -> bool {
    state & (ALIVE | UNWANTED) == ALIVE
}

/// Whether nobody has a share.
const fn is_free(state: usize) -> bool {
    state & (SLOT | LISTED) == 0 && state < HANDLE
}

#[repr(C)]
struct Node<T: ?Sized + Weakrefable, F> {
    entry: Entry,
    state: <T::Flavor as Flavor>::State,
    /// Where the slot keeps the registration.
    place: AtomicU32,
    /// The thread that peeks, or 0.
    peeker: AtomicUsize,
    /// The object, where it was when the finalizer was made, if it was in a pointer; else null. Never
    /// followed.
    object: *const (),
    /// There as long as `ALIVE` says so.
    content: UnsafeCell<MaybeUninit<Content<T, F>>>,
}

struct Content<T: ?Sized + Weakrefable, F> {
    function: F,
    /// Not there if the object was not in a pointer. It goes with the function: what has been run keeps
    /// neither the object's memory nor anybody from `get_mut`.
    weak: Option<WeakOf<T>>,
}

type RegistryOf<T> = <<T as Weakrefable>::Flavor as Flavor>::Registry;

/// One handle of a node.
pub(super) struct Handle<T: ?Sized + Weakrefable, F>(NonNull<Node<T, F>>);

// SAFETY: what a handle gives out, on whichever thread, are owners (`upgrade`, `peek`) and the function:
// by value, as `Mutex<Option<F>>` does, or by reference to one thread at a time.
unsafe impl<T: ?Sized + Weakrefable, F: Send> Send for Handle<T, F> where WeakOf<T>: Send {}
// SAFETY: as above. All of the node that changes is atomic where `WeakOf<T>` is `Sync`.
unsafe impl<T: ?Sized + Weakrefable, F: Send> Sync for Handle<T, F> where WeakOf<T>: Send + Sync {}

impl<T: ?Sized + Weakrefable, F> Handle<T, F> {
    /// Makes a finalizer of an object in a pointer.
    pub(super) fn register_owned<P, R>(owner: &P, function: F) -> Self
    where
        T: 'static,
        P: Pointer<Referent = T>,
        F: FnOnce() -> R + Callback<T, T::Flavor>,
    {
        let weak = T::Flavor::downgrade(owner.strong());
        let content = Content { function, weak: Some(weak) };
        // SAFETY: what `Callback` says.
        unsafe { Self::register(owner, content) }
    }

    /// Makes a finalizer of an object wherever it is.
    pub(super) fn register_unowned<R>(value: &T, function: F) -> Self
    where
        F: FnOnce() -> R + MaybeSend<T::Flavor>,
    {
        // SAFETY: what `MaybeSend` says.
        unsafe { Self::register(value, Content { function, weak: None }) }
    }

    /// Makes a node, registers it with the slot, and lists it in the registry.
    ///
    /// # Safety
    ///
    /// `F` borrows nothing. `T` borrows nothing either, if there is a weak pointer. In `Shared`, `F` is
    /// `Send`, and if there is a weak pointer, `T` is `Send + Sync`. It points to the object.
    unsafe fn register<R>(object: &T, content: Content<T, F>) -> Self
    where
        F: FnOnce() -> R,
    {
        let list = RegistryOf::<T>::prepare();
        let (behaviour, address) = match content.weak {
            Some(_) => (Node::<T, F>::WITH_WEAK, (&raw const *object).cast()),
            None => (Node::<T, F>::WITHOUT_WEAK, ptr::null()),
        };
        let node = Box::new(Node::<T, F> {
            entry: Entry::new(Head { behaviour }, Node::<T, F>::METHODS, list),
            state: State::new(SLOT | ALIVE | ATEXIT | HANDLE),
            place: AtomicU32::new(0),
            peeker: AtomicUsize::new(0),
            object: address,
            content: UnsafeCell::new(MaybeUninit::new(content)),
        });
        let handle = Self(NonNull::from(Box::leak(node)));
        // SAFETY: a node is `repr(C)` and begins with an `Entry`, which begins with a `Head`. It is
        // freed after `SLOT` has gone. In `Shared`, what it holds may go to any thread, as the caller
        // promises.
        let registration = unsafe { Registration::new(handle.0.cast(), 0) };
        handle.node().place.store(object.weak_slot().register(registration), Relaxed);
        // Last: whoever finds it in the registry takes it out of its place in the slot.
        if !exit::is_closed() {
            // SAFETY: as above, and it is freed after `LISTED` has gone; this is a handle.
            unsafe { RegistryOf::<T>::join(handle.0.cast()) }
        }
        handle
    }

    fn node(&self) -> &Node<T, F> {
        // SAFETY: the node lives as long as it has a handle.
        unsafe { self.0.as_ref() }
    }

    pub(super) fn address(&self) -> *const () {
        self.0.as_ptr().cast_const().cast()
    }

    /// Where the object was when the finalizer was made, if it was in a pointer.
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
            // SAFETY: as in `register`; and this is a handle.
            unsafe { RegistryOf::<T>::join(self.0.cast()) }
        }
    }

    /// Takes the function away from everybody else, and the node out of slot and registry. Waits for
    /// the end of another thread's `peek`.
    ///
    /// Returns an owner too, if there still is one; which may have become the last.
    #[track_caller]
    pub(super) fn take(&self) -> Option<(F, Option<StrongOf<T>>)> {
        let claim = |state| (is_alive(state) && state & PEEKED == 0).then_some(state & !ALIVE);
        let before = self.update_unless_peeked(claim)?;
        // SAFETY: claimed, and this is a handle.
        Some(unsafe { self.node().take_out(before) })
    }

    /// Drops the function, or leaves that to who peeks at it; who also runs it, if a death or the end
    /// came before this.
    pub(super) fn discard(&self) {
        let leave = |state| match state & (PEEKED | OWED) {
            PEEKED => state | UNWANTED,
            0 => state & !ALIVE,
            _ => state,
        };
        let left = self.node().state.update(|state| is_alive(state).then(|| leave(state)));
        if let Ok(before) = left
            && before & PEEKED == 0
        {
            // SAFETY: claimed, and this is a handle.
            drop(unsafe { self.node().take_out(before) });
        }
    }

    #[track_caller]
    pub(super) fn peek<R, U>(&self, look: impl FnOnce(Option<&StrongOf<T>>, &F) -> U) -> Option<U>
    where
        F: FnOnce() -> R,
    {
        let lend = |state| (is_alive(state) && state & PEEKED == 0).then_some(state | PEEKED);
        self.update_unless_peeked(lend)?;
        let node = self.node();
        node.peeker.store(thread_token(), Relaxed);
        // SAFETY: it is there, as `ALIVE` was set; and nobody takes it, or has it by reference too,
        // while `PEEKED` is set.
        let content = unsafe { (*node.content.get()).assume_init_ref() };
        // The owner is declared first, to go last: if it has become the last, nobody peeks any more.
        let owner = content.weak.as_ref().and_then(T::Flavor::upgrade);
        let _peek = Peek { node, finalize: finalize::<F, R> };
        Some(hold(ANYTHING, || look(owner.as_ref(), &content.function)))
    }

    /// Changes the state and returns the one before, if the finalizer is alive.
    ///
    /// # Panics
    ///
    /// If it is this thread that peeks.
    #[track_caller]
    fn update_unless_peeked(&self, change: impl Fn(usize) -> Option<usize>) -> Option<usize> {
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
                "a finalizer was called, detached or peeked at inside of its own `peek`"
            );
            let _waiting = waits::on(&node.peeker);
            let mut tries = 0;
            while node.state.get() & PEEKED != 0 {
                relax(&mut tries);
            }
        }
    }
}

impl<T: ?Sized + Weakrefable, F> Clone for Handle<T, F> {
    fn clone(&self) -> Self {
        self.node().state.add_handle(HANDLE);
        Self(self.0)
    }
}

impl<T: ?Sized + Weakrefable, F> Drop for Handle<T, F> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the handle is not used again.
        unsafe { Node::give_up(self.0, HANDLE) }
    }
}

/// The end of a peek, at which what others have left is done.
struct Peek<'a, T: ?Sized + Weakrefable, F> {
    node: &'a Node<T, F>,
    finalize: fn(F),
}

impl<T: ?Sized + Weakrefable, F> Drop for Peek<'_, T, F> {
    fn drop(&mut self) {
        let Self { node, finalize } = self;
        node.peeker.store(0, Relaxed);
        let is_left = |state| state & (OWED | UNWANTED) != 0;
        let claim = |state| if is_left(state) { ALIVE | OWED | UNWANTED } else { 0 };
        let end = |state| Some(state & !(PEEKED | claim(state)));
        let (Ok(before) | Err(before)) = node.state.update(end);
        if is_left(before) {
            // SAFETY: claimed, and who peeks has a handle.
            let (function, owner) = unsafe { node.take_out(before) };
            if before & UNWANTED == 0 {
                finalize(function);
            } else {
                callback::run::<F>(|| drop(function));
            }
            callback::run::<T>(|| drop(owner));
        }
    }
}

/// Runs a function that nobody has called. Does not panic.
fn finalize<F: FnOnce() -> R, R>(function: F) {
    callback::run::<F>(|| {
        if !exit::is_over() {
            function();
        }
    });
}

impl<T: ?Sized + Weakrefable, F> Node<T, F> {
    /// Takes the node out of registry and slot, and the function out of the node.
    ///
    /// # Safety
    ///
    /// The caller has cleared `ALIVE`, which was set in the state `before`, and has a handle.
    unsafe fn take_out(&self, before: usize) -> (F, Option<StrongOf<T>>) {
        // SAFETY: as promised.
        let mut shares = unsafe { self.leave_registry(before) };
        // SAFETY: who clears `ALIVE` owns the content.
        let Content { function, weak } = unsafe { (*self.content.get()).assume_init_read() };
        let owner = weak.as_ref().and_then(T::Flavor::upgrade);
        if let Some(owner) = &owner {
            let head: *const Head = ptr::from_ref(self).cast();
            let place = self.place.load(Relaxed);
            let registration = owner.weak_slot().unregister(place, head, 0);
            shares += registration.map_or(0, |_| SLOT);
        }
        if shares != 0 {
            // Not the last of it: there is the caller's handle.
            self.state.sub(shares);
        }
        (function, owner)
    }

    /// Returns the registry's share, if that has become the caller's.
    ///
    /// # Safety
    ///
    /// The caller has cleared `ALIVE`, which was set in the state `before`, and has a share.
    unsafe fn leave_registry(&self, before: usize) -> usize {
        // SAFETY: it is listed, not alive any more, and this thread is the one that has called it.
        let left =
            before & LISTED != 0 && unsafe { RegistryOf::<T>::remove(NonNull::from(self).cast()) };
        if left { LISTED } else { 0 }
    }

    /// Gives up shares, and frees the node if these were the last. Drops the function, if it is there.
    ///
    /// # Safety
    ///
    /// The caller has the shares, and does not use them again.
    #[inline]
    unsafe fn give_up(this: NonNull<Self>, shares: usize) {
        // SAFETY: the shares keep it.
        let left = unsafe { this.as_ref() }.state.sub(shares) - shares;
        if is_free(left) {
            // SAFETY: whoever has the last is alone. It comes from a `Box`.
            let Self { content, .. } = *unsafe { Box::from_raw(this.as_ptr()) };
            if left & ALIVE != 0 {
                // SAFETY: `ALIVE` says that it is there.
                drop(unsafe { content.into_inner().assume_init() });
            }
        }
    }
}

impl<T: ?Sized + Weakrefable, F: FnOnce() -> R, R> Node<T, F> {
    const WITH_WEAK: &'static Behaviour = &Self::behaviour(true);

    const WITHOUT_WEAK: &'static Behaviour = &Self::behaviour(false);

    const fn behaviour(has_weak: bool) -> Behaviour {
        Behaviour {
            tell: Self::tell,
            tell_silently: Self::tell_silently,
            prepare: |_, _| (),
            let_go: None,
            has_weak,
            is_spent: Self::is_spent,
            handle: |_| None::<Box<dyn Any>>,
        }
    }

    const METHODS: &'static Methods =
        &Methods { join: Self::join, take: Self::take, leave: Self::leave, run: Self::run };

    unsafe fn tell(head: NonNull<Head>, _: u32, _: Event) {
        let this = head.cast::<Self>();
        // SAFETY: the registration is the slot's share, which keeps the node.
        let node = unsafe { this.as_ref() };
        let (Ok(before) | Err(before)) = node.state.update(|state| {
            Some(match (is_alive(state), state & PEEKED != 0) {
                (false, _) => state,
                (true, true) => state | OWED,
                (true, false) => state & !ALIVE,
            })
        });
        if !is_alive(before) || before & PEEKED != 0 {
            // SAFETY: the share is used up. Nothing of the user's goes with it: the function has gone,
            // or is being peeked at.
            unsafe { Self::give_up(this, SLOT) }
            return;
        }
        // SAFETY: claimed, with the slot's share.
        let listed = unsafe { node.leave_registry(before) };
        // SAFETY: who clears `ALIVE` owns the content.
        let Content { function, weak } = unsafe { (*node.content.get()).assume_init_read() };
        drop(weak);
        // SAFETY: the shares are used up, and nothing is in the node any more.
        unsafe { Self::give_up(this, SLOT + listed) }
        finalize(function);
    }

    unsafe fn tell_silently(head: NonNull<Head>, token: u32, event: Event) {
        // SAFETY: the registration is the slot's share.
        let is_alive = is_alive(unsafe { head.cast::<Self>().as_ref() }.state.get());
        if is_alive && event == Event::Died {
            // Registered in the middle of the death. It cannot be cancelled like a callback: nobody
            // may have a handle.
            // SAFETY: the registration goes on as what it was.
            death::run_one(unsafe { Registration::new(head, token) });
        } else {
            // SAFETY: the share is used up.
            callback::run::<F>(|| unsafe { Self::give_up(head.cast(), SLOT) });
        }
    }

    unsafe fn is_spent(head: NonNull<Head>) -> bool {
        // SAFETY: the registration is the slot's share.
        unsafe { head.cast::<Self>().as_ref() }.state.get() & ALIVE == 0
    }

    unsafe fn join(entry: NonNull<Entry>) -> bool {
        let wanted = |state| is_alive(state) && state & (ATEXIT | LISTED) == ATEXIT;
        // SAFETY: the caller has a handle.
        let node = unsafe { entry.cast::<Self>().as_ref() };
        node.state.update(|state| wanted(state).then_some(state | LISTED)).is_ok()
    }

    unsafe fn take(entry: NonNull<Entry>) -> bool {
        let take = |state| (state & ALIVE != 0).then_some(state - LISTED + HANDLE);
        // SAFETY: it is listed, so the registry has a share.
        unsafe { entry.cast::<Self>().as_ref() }.state.update(take).is_ok()
    }

    unsafe fn leave(entry: NonNull<Entry>) {
        // SAFETY: the registry's share is used up. The function has gone.
        unsafe { Self::give_up(entry.cast(), LISTED) }
    }

    unsafe fn run(entry: NonNull<Entry>) {
        // SAFETY: `take` has made it.
        let handle = Handle::<T, F>(entry.cast());
        let claim = |state| if state & PEEKED == 0 { state & !ALIVE } else { state | OWED };
        let wanted = |state| is_alive(state) && state & ATEXIT != 0;
        let node = handle.node();
        if let Ok(before) = node.state.update(|state| wanted(state).then(|| claim(state)))
            && before & PEEKED == 0
        {
            // SAFETY: claimed, and this is a handle.
            let (function, owner) = unsafe { node.take_out(before) };
            finalize(function);
            callback::run::<T>(|| drop(owner));
        }
        callback::run::<F>(|| drop(handle));
    }
}
