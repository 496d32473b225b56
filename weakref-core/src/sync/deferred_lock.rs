//! A lock to which callers that must not wait can defer their work.
//!
//! # Terms
//!
//! - The *lock holder* is the thread that has locked the lock and has not unlocked it yet.
//! - A *deferred operation* is work that needs the lock, from a thread that must not wait for it: a
//!   drop, for instance, which also runs while a panic unwinds. If the lock is held, the thread
//!   pushes the operation to the lock's list and returns. One atomic step both detects the holder
//!   and pushes. The lock holder runs all deferred operations before it unlocks.
//! - A *waiter* is a thread that sleeps until the lock holder has unlocked. It is an entry of the
//!   same list.
//!
//! This module knows neither what the lock guards nor what the operations are: those are the type
//! parameter `Op` and the closures given to [`RawLock::unlock`].
//!
//! # The state word of [`SharedLock`]
//!
//! ```text
//! null              free
//! LOCKED            locked, the list is empty
//! node | LOCKED     locked; `node` is the newest entry of the list
//! node              locked, as above, after the lock holder has tried to unlock in vain
//! ```
//!
//! Every transition is one atomic operation on the word:
//!
//! - A thread locks: null becomes `LOCKED` (Acquire).
//! - A thread pushes an entry: a word that is not null becomes `node | LOCKED` (Release).
//! - The lock holder tries to unlock: it subtracts `LOCKED` (Release). If the word was `LOCKED`,
//!   the lock is free. If it had an entry, the word is not null afterwards either, so the lock is
//!   still held: beside a node, the bit means nothing. Subtracting costs two nanoseconds less than
//!   a comparison and exchange, a fifth of a lookup.
//! - The lock holder takes the list: it swaps `LOCKED` in (Acquire).
//! - The lock holder unlocks after that: `LOCKED` becomes null (Release).
//!
//! Acquire of a lock pairs with the Release of the unlock before it: what the lock guards. Acquire
//! of the swap pairs with the Release of each push, as all writes in between are read-modify-write
//! operations: the node and its entry.
//!
//! # Why the list needs no protection against ABA
//!
//! A push reads the newest node, links its own node to it, and exchanges the word if that still has
//! the same address. In between, the lock holder may have taken and freed that node, and another
//! thread may have pushed one at the same address. The exchange succeeds then too, and the link is
//! right: the node at that address is the newest one, and only the lock holder, who swaps out the
//! whole list, dereferences it.
//!
//! The pointer in the link then has the provenance of the freed node, though the address of the new
//! one. Like other lists of this kind, this one takes no account of that: both pointers come from
//! the allocator and were read from an atomic, so no compiler can tell them apart. To expose the
//! provenance of each node would satisfy the letter, and give up what Miri checks.
#![allow(unsafe_code)]

use std::{
    cell::Cell,
    ptr,
    sync::{Arc, atomic::Ordering},
};

use super::{AtomicPtr, byte_sub, deadlock, parker::Parker, relax, spin_loop, yield_now};

/// The panic messages of a lock, in the terms of its user.
#[derive(Debug)]
#[allow(unnameable_types)]
pub struct Messages {
    /// This thread holds the lock already.
    pub(crate) reentry: &'static str,
    /// The lock holder waits for this thread, perhaps by way of others.
    pub(crate) deadlock: &'static str,
}

/// A lock without the data that it guards, and with deferred operations of type `Op`.
pub trait RawLock<Op>: Default {
    /// Locks, and waits for the lock holder if there is one. Returns whether it had to wait.
    ///
    /// `lock_id` is the id under which the lock holder declares that it runs user code (see
    /// [`while_holding`](deadlock::while_holding)).
    ///
    /// # Panics
    ///
    /// If the wait would never end. In `Shared`, this is noticed only if the lock holder has
    /// declared what it holds; otherwise, a thread must not lock twice.
    #[track_caller]
    fn lock(&self, lock_id: usize, messages: &'static Messages) -> bool;

    /// In `Local`, panics as [`lock`](Self::lock) does if this thread is the lock holder. Otherwise
    /// does nothing.
    #[track_caller]
    fn assert_not_held(&self, _: &'static Messages) {}

    /// Locks and returns true, or defers the operation and returns false. Never waits.
    ///
    /// The lock is not touched after the operation has been deferred: by then, the lock holder may
    /// have run it, and freed the lock.
    fn lock_or_defer(&self, operation: Op) -> bool;

    /// Unlocks and returns true if there are neither deferred operations nor waiters. Otherwise the
    /// lock stays locked, and the caller goes on with [`unlock`](Self::unlock).
    fn try_unlock(&self) -> bool;

    /// Runs the deferred operations, unlocks, and returns true.
    ///
    /// Before each attempt to unlock, asks `is_over` whether no other thread can reach the lock any
    /// more. If so, leaves the lock locked and returns false: the caller may free it.
    fn unlock(&self, run: &mut dyn FnMut(Op), is_over: &mut dyn FnMut() -> bool) -> bool;
}

/// The lock of `Local`: a flag. Operations are deferred to a holder further down the stack.
#[allow(missing_debug_implementations)]
pub struct LocalLock<Op> {
    /// Whether there is a lock holder.
    is_locked: Cell<bool>,
    /// Whether `deferred` is not empty, without moving the vector. Set only while locked.
    has_deferred: Cell<bool>,
    /// The deferred operations, oldest first. Empty, and without memory, while the lock is free.
    deferred: Cell<Vec<Op>>,
}

impl<Op> Default for LocalLock<Op> {
    fn default() -> Self {
        Self {
            is_locked: Cell::new(false),
            has_deferred: Cell::new(false),
            deferred: Cell::new(Vec::new()),
        }
    }
}

impl<Op> LocalLock<Op> {
    #[cold]
    fn defer(&self, operation: Op) {
        let mut deferred = self.deferred.take();
        deferred.push(operation);
        self.deferred.set(deferred);
        self.has_deferred.set(true);
    }
}

impl<Op> RawLock<Op> for LocalLock<Op> {
    #[inline]
    #[track_caller]
    fn lock(&self, _: usize, messages: &'static Messages) -> bool {
        assert!(!self.is_locked.replace(true), "{}", messages.reentry);
        false
    }

    #[inline]
    #[track_caller]
    fn assert_not_held(&self, messages: &'static Messages) {
        assert!(!self.is_locked.get(), "{}", messages.reentry);
    }

    #[inline]
    fn lock_or_defer(&self, operation: Op) -> bool {
        let locked = !self.is_locked.replace(true);
        if !locked {
            self.defer(operation);
        }
        locked
    }

    #[inline]
    fn try_unlock(&self) -> bool {
        let has_deferred = self.has_deferred.get();
        self.is_locked.set(has_deferred);
        !has_deferred
    }

    #[cold]
    fn unlock(&self, run: &mut dyn FnMut(Op), is_over: &mut dyn FnMut() -> bool) -> bool {
        // `run` runs no user code, so nothing is deferred meanwhile.
        self.deferred.take().into_iter().for_each(run);
        self.has_deferred.set(false);
        let is_over = is_over();
        self.is_locked.set(is_over);
        !is_over
    }
}

/// The lock of `Shared`: one word. The [module](self) explains its states.
#[derive(Debug)]
pub struct SharedLock<Op> {
    /// Operations pass from thread to thread through this word, as through a channel: they can be
    /// deferred only if `Op: Send`.
    word: AtomicPtr<Node<Op>>,
}

/// An entry of the list. Until it has been pushed, it belongs to the thread that made it; after
/// that, to the lock holder that takes it out.
#[derive(Debug)]
struct Node<Op> {
    /// The entry that was pushed before this one, without `LOCKED`; null for the oldest.
    next: *mut Self,
    entry: Entry<Op>,
}

#[derive(Debug)]
enum Entry<Op> {
    Deferred(Op),
    Waiter(Arc<Parker>),
}

/// The bit that distinguishes a locked lock without a list from a free one. Nodes are aligned to
/// more than a byte, so it is free in their addresses.
const LOCKED: usize = 1;

impl<Op> Node<Op> {
    const FREE: *mut Self = ptr::null_mut();
    const LOCKED: *mut Self = ptr::without_provenance_mut(LOCKED);

    /// Returns the newest entry of the list in a word, or null if the list is empty.
    fn newest(word: *mut Self) -> *mut Self {
        word.map_addr(|addr| addr & !LOCKED)
    }
}

impl<Op> Default for SharedLock<Op> {
    fn default() -> Self {
        Self { word: AtomicPtr::new(Node::FREE) }
    }
}

impl<Op> SharedLock<Op> {
    /// Returns a lock that is free.
    #[cfg(not(weakref_loom))]
    pub(crate) const fn new() -> Self {
        Self { word: AtomicPtr::new(Node::FREE) }
    }

    /// Returns a lock that is free.
    #[cfg(weakref_loom)]
    pub(crate) fn new() -> Self {
        Self::default()
    }

    #[inline]
    fn try_lock(&self) -> bool {
        // `ci/sanitize` weakens the Acquire, to see that the thread sanitizer reports that.
        let success = if cfg!(weakref_weaken) { Ordering::Relaxed } else { Ordering::Acquire };
        self.word.compare_exchange(Node::FREE, Node::LOCKED, success, Ordering::Relaxed).is_ok()
    }

    /// Locks as [`RawLock::lock`] does, but spins, then yields, then sleeps for a short time, and
    /// never becomes a waiter.
    ///
    /// For a lock that is held over a `fork`. The child inherits the list, but not the threads that
    /// wait: it would have to wake a thread that does not exist, by a mutex that this thread may
    /// have left locked.
    pub(crate) fn lock_without_waiter(&self) {
        let mut tries = 0;
        while !self.try_lock() {
            relax(&mut tries);
        }
    }

    /// Locks and returns true, or pushes the entry and returns false.
    #[cold]
    fn lock_or_push(&self, entry: Entry<Op>) -> bool {
        let node = Box::into_raw(Box::new(Node { next: ptr::null_mut(), entry }));
        let mut seen = self.word.load(Ordering::Relaxed);
        loop {
            let (new, success) = if seen == Node::FREE {
                (Node::LOCKED, Ordering::Acquire)
            } else {
                // SAFETY: `node` comes from `Box::into_raw` above. No other thread has the pointer
                // before the exchange below succeeds. `seen` is not dereferenced.
                unsafe { (*node).next = Node::newest(seen) };
                (node.map_addr(|addr| addr | LOCKED), Ordering::Release)
            };
            match self.word.compare_exchange_weak(seen, new, success, Ordering::Relaxed) {
                Ok(_) if new == Node::LOCKED => {
                    // SAFETY: `node` comes from `Box::into_raw` above, and has not been pushed.
                    drop(unsafe { Box::from_raw(node) });
                    return true;
                }
                Ok(_) => return false,
                Err(now) => seen = now,
            }
        }
    }

    #[cold]
    #[track_caller]
    fn lock_slow(&self, lock_id: usize, messages: &'static Messages) {
        for _ in 0..64 {
            spin_loop();
            if self.try_lock() {
                return;
            }
        }
        let mut parker = None;
        while !self.try_lock() {
            if deadlock::holds_any() {
                // This thread runs user code in the middle of an operation, so it may be part of a
                // deadlock. That is rare, and the lock holder may change at any moment: check again
                // and again instead of sleeping.
                let message = format_args!("{}", messages.deadlock);
                let _waiting = deadlock::record_wait_for_holders(lock_id, lock_id, message);
                yield_now();
                continue;
            }
            let parker = parker.get_or_insert_with(|| Arc::new(Parker::new()));
            if self.lock_or_push(Entry::Waiter(Arc::clone(parker))) {
                return;
            }
            parker.park();
        }
    }
}

impl<Op: Send> RawLock<Op> for SharedLock<Op> {
    #[inline]
    #[track_caller]
    fn lock(&self, lock_id: usize, messages: &'static Messages) -> bool {
        if self.try_lock() {
            return false;
        }
        self.lock_slow(lock_id, messages);
        true
    }

    #[inline]
    fn lock_or_defer(&self, operation: Op) -> bool {
        self.try_lock() || self.lock_or_push(Entry::Deferred(operation))
    }

    #[inline]
    fn try_unlock(&self) -> bool {
        byte_sub(&self.word, LOCKED, Ordering::Release) == Node::LOCKED
    }

    #[cold]
    fn unlock(&self, run: &mut dyn FnMut(Op), is_over: &mut dyn FnMut() -> bool) -> bool {
        let mut waiters: Vec<Arc<Parker>> = Vec::new();
        while !is_over() {
            let unlocked = self.word.compare_exchange(
                Node::LOCKED,
                Node::FREE,
                Ordering::Release,
                Ordering::Relaxed,
            );
            if unlocked.is_ok() {
                // Another thread may have freed the lock by now.
                for waiter in waiters {
                    waiter.unpark();
                }
                return true;
            }
            let mut next = Node::newest(self.word.swap(Node::LOCKED, Ordering::Acquire));
            while !next.is_null() {
                // SAFETY: the swap gave the whole list to this thread alone, and the node leaves it
                // here. The pointer comes from `Box::into_raw` in `lock_or_push`; the word and the
                // links have kept its provenance, with the reservation in the docs of the module.
                let node = *unsafe { Box::from_raw(next) };
                next = node.next;
                match node.entry {
                    Entry::Deferred(operation) => run(operation),
                    Entry::Waiter(waiter) => waiters.push(waiter),
                }
            }
        }
        false
    }
}

#[cfg(all(test, weakref_loom))]
mod tests {
    use loom::{cell::UnsafeCell, model::Builder, sync::Arc, thread};

    use super::*;

    const MESSAGES: &Messages = &Messages { reentry: "re-entered", deadlock: "deadlocked" };

    fn check(preemptions: usize, f: impl Fn() + Sync + Send + 'static) {
        let mut model = Builder::new();
        model.preemption_bound = Some(preemptions);
        model.check(f);
    }

    /// A lock with what it guards, in a cell that loom watches. Operations are tokens.
    #[derive(Default)]
    struct Guarded {
        lock: SharedLock<u32>,
        state: UnsafeCell<State>,
        /// What each thread wrote before it deferred an operation: its token.
        before: [UnsafeCell<u32>; 3],
    }

    #[derive(Default)]
    struct State {
        visits: u32,
        /// The tokens of the operations that were run, in that order.
        run: Vec<u32>,
        /// How many operations are still to come before the lock can be freed.
        outstanding: u32,
        closed: bool,
    }

    impl Guarded {
        fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
            // SAFETY: loom panics if two threads are here at once, or if one has not seen what the
            // other did.
            self.state.with_mut(|state| f(unsafe { &mut *state }))
        }

        /// Runs an operation.
        fn run(&self, token: u32) {
            // SAFETY: as above.
            let before = self.before[token as usize].with(|before| unsafe { *before });
            assert_eq!(
                before, token,
                "what happened before the operation was deferred is not seen"
            );
            self.with(|state| {
                state.run.push(token);
                state.outstanding = state.outstanding.wrapping_sub(1);
            });
        }

        /// Unlocks. Returns false if no other thread can reach the lock any more.
        fn unlock(&self) -> bool {
            let mut is_over = || self.with(|state| state.closed && state.outstanding == 0);
            (!is_over() && self.lock.try_unlock())
                || self.lock.unlock(&mut |token| self.run(token), &mut is_over)
        }

        fn visit(&self) {
            self.lock.lock(1, MESSAGES);
            self.with(|state| state.visits += 1);
            assert!(self.unlock());
        }

        /// As [`visit`](Self::visit), without becoming a waiter.
        fn visit_without_waiter(&self) {
            self.lock.lock_without_waiter();
            self.with(|state| state.visits += 1);
            assert!(self.unlock());
        }

        /// Runs an operation or defers it. Returns false if no other thread can reach the lock any
        /// more.
        fn run_or_defer(&self, token: u32) -> bool {
            // SAFETY: as above.
            self.before[token as usize].with_mut(|before| unsafe { *before = token });
            if !self.lock.lock_or_defer(token) {
                return true;
            }
            self.run(token);
            self.unlock()
        }

        fn assert_free(&self) {
            assert_eq!(self.lock.word.load(Ordering::Relaxed), Node::FREE);
        }
    }

    #[test]
    fn one_thread_holds_the_lock_at_a_time_and_a_waiter_is_woken() {
        check(3, || {
            let guarded = Arc::new(Guarded::default());
            let other = Arc::clone(&guarded);
            let thread = thread::spawn(move || other.visit());
            guarded.visit();
            thread.join().unwrap();
            guarded.assert_free();
            assert_eq!(guarded.with(|state| state.visits), 2);
        });
    }

    #[test]
    fn several_waiters_are_all_woken() {
        check(2, || {
            let guarded = Arc::new(Guarded::default());
            let visit = |guarded: Arc<Guarded>| thread::spawn(move || guarded.visit());
            let threads = [visit(Arc::clone(&guarded)), visit(Arc::clone(&guarded))];
            guarded.visit();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            guarded.assert_free();
            assert_eq!(guarded.with(|state| state.visits), 3);
        });
    }

    #[test]
    fn every_deferred_operation_is_run_once() {
        check(3, || {
            let guarded = Arc::new(Guarded::default());
            let other = Arc::clone(&guarded);
            let thread = thread::spawn(move || {
                other.run_or_defer(1);
                other.run_or_defer(2);
            });
            guarded.visit();
            thread.join().unwrap();
            guarded.assert_free();
            let mut run = guarded.with(|state| state.run.clone());
            run.sort_unstable();
            assert_eq!(run, [1, 2]);
        });
    }

    #[test]
    fn an_operation_is_deferred_to_a_holder_that_was_no_waiter() {
        check(3, || {
            let guarded = Arc::new(Guarded::default());
            let other = Arc::clone(&guarded);
            let thread = thread::spawn(move || other.run_or_defer(1));
            guarded.visit_without_waiter();
            assert!(thread.join().unwrap());
            guarded.assert_free();
            guarded.with(|state| assert_eq!((state.visits, &state.run[..]), (1, &[1][..])));
        });
    }

    #[test]
    fn operations_and_waiters_share_the_list() {
        check(2, || {
            let guarded = Arc::new(Guarded::default());
            let (waiter, deferring) = (Arc::clone(&guarded), Arc::clone(&guarded));
            let waiter = thread::spawn(move || waiter.visit());
            let deferring = thread::spawn(move || deferring.run_or_defer(1));
            guarded.visit();
            waiter.join().unwrap();
            assert!(deferring.join().unwrap());
            guarded.assert_free();
            guarded.with(|state| assert_eq!((state.visits, &state.run[..]), (2, &[1][..])));
        });
    }

    /// What the word is set to once the lock is freed. A thread that touches the word then changes
    /// it.
    const FREED: *mut Node<u32> = ptr::without_provenance_mut(6);

    #[test]
    fn the_last_thread_frees_the_lock_and_no_other_touches_it_afterwards() {
        check(3, || {
            let guarded = Arc::new(Guarded::default());
            guarded.with(|state| state.outstanding = 2);
            let deferring = |token| {
                let guarded = Arc::clone(&guarded);
                thread::spawn(move || {
                    let stays = guarded.run_or_defer(token);
                    if !stays {
                        guarded.lock.word.store(FREED, Ordering::Relaxed);
                    }
                    stays
                })
            };
            let threads = [deferring(1), deferring(2)];
            // The container is dropped.
            guarded.lock.lock(1, MESSAGES);
            guarded.with(|state| state.closed = true);
            let mut stays = vec![guarded.unlock()];
            if !stays[0] {
                guarded.lock.word.store(FREED, Ordering::Relaxed);
            }
            stays.extend(threads.map(|thread| thread.join().unwrap()));
            assert_eq!(stays.iter().filter(|stays| !**stays).count(), 1, "one frees it");
            assert_eq!(guarded.lock.word.load(Ordering::Relaxed), FREED);
            guarded.with(|state| assert_eq!((state.outstanding, state.run.len()), (0, 2)));
        });
    }
}
