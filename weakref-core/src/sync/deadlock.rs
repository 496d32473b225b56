//! Deadlock detection: a wait that would close a cycle of threads panics instead.
//!
//! # Terms
//!
//! - A *resource* is held by a thread while user code runs in the middle of an operation, and other
//!   threads can wait for it: a shard during a search (a key's `Eq`), a value of a map that is lent
//!   to a closure, a flight whose factory runs, a finalizer in its `peek`.
//! - A resource has a *lock id*, an address that no other resource has at the same time. A resource
//!   without a lock id is identified by its holder's [`thread_token`] instead, and held as
//!   [`ANONYMOUS`].
//! - A thread *holds* a resource inside of [`while_holding`].
//! - A *wait* is the record of a thread that waits, or is about to: the resources that it holds,
//!   and its target.
//!
//! Only a thread that holds a resource can be part of a cycle, and only such threads record their
//! waits. All other threads wait without a record.
//!
//! Every wait contains a copy of the lock ids that its thread holds. So no thread reads another
//! one's stack.

#![allow(unsafe_code)]

use std::{
    cell::Cell,
    fmt,
    marker::PhantomData,
    ptr,
    sync::{Mutex, PoisonError, atomic::Ordering},
};

use super::{AtomicUsize, per_thread, thread_token};

per_thread! {
    /// The innermost resource that this thread holds, or null. The head of a chain through the
    /// stack frames of `while_holding`, which no other thread follows.
    static HELD: Cell<*const HeldResource> = const { Cell::new(ptr::null()) };
}

/// A resource that this thread holds: a local variable of `while_holding`.
struct HeldResource {
    lock_id: usize,
    /// The resource that was held before this one, or null. Valid as long as this one is in the
    /// chain.
    outer: *const HeldResource,
}

/// The lock id of all resources that are identified by the token of their holder.
pub(crate) const ANONYMOUS: usize = 0;

/// Runs `f`, which runs user code, while this thread holds the resource with this lock id.
///
/// The compiler removes the bookkeeping if `f` is inlined and cannot observe it: if it compares two
/// numbers, for example.
#[inline]
pub(crate) fn while_holding<R>(lock_id: usize, f: impl FnOnce() -> R) -> R {
    /// Takes the resource off the chain, whether `f` returns or panics.
    struct Release(*const HeldResource);

    impl Drop for Release {
        #[inline]
        fn drop(&mut self) {
            HELD.with(|held| held.set(self.0));
        }
    }

    let held = HeldResource { lock_id, outer: HELD.with(Cell::get) };
    let _release = Release(held.outer);
    HELD.with(|innermost| innermost.set(&raw const held));
    f()
}

/// Whether this thread holds a resource.
#[inline]
pub(crate) fn holds_any() -> bool {
    !HELD.with(Cell::get).is_null()
}

/// Whether this thread holds a resource whose lock id `matches` accepts. Begins with the innermost
/// one.
pub(crate) fn holds(mut matches: impl FnMut(usize) -> bool) -> bool {
    let mut next = HELD.with(Cell::get);
    // SAFETY: the chain is this thread's own. Each resource is a local variable of a
    // `while_holding` further up the stack. That has not returned, as its `Release` would have
    // taken the resource off the chain. The pointers come from `&raw const`, and the resources are
    // never borrowed by `&mut`.
    while let Some(&HeldResource { lock_id, outer }) = unsafe { next.as_ref() } {
        if matches(lock_id) {
            return true;
        }
        next = outer;
    }
    false
}

/// Returns the lock ids of all resources that this thread holds.
fn held_lock_ids() -> Box<[usize]> {
    let mut all = Vec::new();
    holds(|lock_id| {
        all.push(lock_id);
        false
    });
    all.into()
}

/// The target of a wait: the thread and the holders, all of them.
#[derive(Clone, Copy)]
struct WaitTarget {
    /// The thread whose token is in this word. 0 or another token means that the thread has
    /// continued: the wait ends when the word changes, before the waiting thread wakes up. The
    /// pointer is valid as long as the wait is in the list.
    thread: Option<ptr::NonNull<AtomicUsize>>,
    /// The holders of the resources with these lock ids. `ANONYMOUS` stands for none.
    lock_ids: [usize; 2],
}

/// A thread that waits, or is about to.
struct Wait {
    /// The token of the thread. No two waits in the list have the same.
    thread: usize,
    /// The lock ids of the resources that the thread holds. They do not change while it waits.
    held: Box<[usize]>,
    target: WaitTarget,
}

// SAFETY: a wait owns all of its fields but the word behind `target.thread`. That is an atomic, and
// `Waiting` borrows it as long as the wait is in the list.
unsafe impl Send for Wait {}

impl Wait {
    /// Whether a thread that waits for `target` waits for this thread.
    ///
    /// # Safety
    ///
    /// `target` is that of a wait in the list, which is locked, or of this thread's wait.
    unsafe fn is_awaited_by(&self, target: WaitTarget) -> bool {
        // SAFETY: the `Waiting` of that wait borrows the word. It takes the wait out of the list,
        // under its lock, before the borrow ends. The pointer comes from a `&AtomicUsize`, and is
        // used as one.
        let thread = target.thread.map(|token| unsafe { token.as_ref() }.load(Ordering::Relaxed));
        if thread == Some(0) {
            // The thread has continued, so it does not wait for `lock_ids` any more either.
            return false;
        }
        let is_target =
            |&lock_id: &usize| lock_id != ANONYMOUS && target.lock_ids.contains(&lock_id);
        thread == Some(self.thread) || self.held.iter().any(is_target)
    }
}

/// All waits that are recorded, in no order.
static WAITS: Mutex<Vec<Wait>> = Mutex::new(Vec::new());

/// The record of a wait of this thread. Its drop removes the wait.
#[derive(Debug)]
pub(crate) struct Waiting<'a>(PhantomData<&'a AtomicUsize>);

/// Records that this thread is going to wait for the thread whose token is in `word`, until the
/// word changes. `message` says which wait would never end, why, and what to do about it.
///
/// # Panics
///
/// With `message`, if that thread is this one, or waits for this one, perhaps by way of others.
#[track_caller]
pub(crate) fn record_wait_for_thread<'a>(
    word: &'a AtomicUsize,
    message: fmt::Arguments<'_>,
) -> Waiting<'a> {
    record_wait_for_thread_and_holders(word, ANONYMOUS, message)
}

/// Like [`record_wait_for_thread`], for a thread that needs the resource with this lock id before
/// it can go on: so this thread also waits for the holders of that resource.
///
/// # Panics
///
/// Like [`record_wait_for_thread`].
#[track_caller]
pub(crate) fn record_wait_for_thread_and_holders<'a>(
    word: &'a AtomicUsize,
    lock_id: usize,
    message: fmt::Arguments<'_>,
) -> Waiting<'a> {
    record(WaitTarget { thread: Some(word.into()), lock_ids: [lock_id, ANONYMOUS] }, message)
}

/// Records that this thread is going to wait for all holders of two resources.
///
/// # Panics
///
/// Like [`record_wait_for_thread`].
#[track_caller]
pub(crate) fn record_wait_for_holders(
    one: usize,
    other: usize,
    message: fmt::Arguments<'_>,
) -> Waiting<'static> {
    record(WaitTarget { thread: None, lock_ids: [one, other] }, message)
}

#[track_caller]
fn record<'a>(target: WaitTarget, message: fmt::Arguments<'_>) -> Waiting<'a> {
    let wait = Wait { thread: thread_token(), held: held_lock_ids(), target };
    let is_deadlock = {
        let mut waits = WAITS.lock().unwrap_or_else(PoisonError::into_inner);
        // A thread removes its wait under this lock before it continues. So a cycle that is found
        // here is real. A thread without a wait in the list is in no cycle, so its resources do not
        // matter.
        let is_deadlock = closes_cycle(&wait, &waits);
        if !is_deadlock {
            waits.push(wait);
        }
        is_deadlock
    };
    assert!(!is_deadlock, "{message}");
    Waiting(PhantomData)
}

/// Whether this thread would wait for itself, by way of the waits in the list, which is locked.
fn closes_cycle(own: &Wait, waits: &[Wait]) -> bool {
    // Each wait is followed once. There may be a cycle without `own`, which one of its threads
    // finds.
    let mut unseen: Vec<&Wait> = waits.iter().collect();
    let mut targets = vec![own.target];
    while let Some(target) = targets.pop() {
        // SAFETY: the list is locked, and all targets are from it or from this thread's wait.
        let is_awaited = |wait: &Wait| unsafe { wait.is_awaited_by(target) };
        if is_awaited(own) {
            return true;
        }
        targets.extend(unseen.extract_if(.., |wait| is_awaited(wait)).map(|wait| wait.target));
    }
    false
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let thread = thread_token();
        let mut waits = WAITS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = waits.iter().position(|wait| wait.thread == thread) {
            waits.swap_remove(own);
        }
    }
}
