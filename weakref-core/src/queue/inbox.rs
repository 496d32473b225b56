//! The shared part of a queue, and how it wakes receivers.
//!
//! # Terms
//!
//! - A drop *pushes* a key to the stack, without a lock.
//! - A *receiver* locks the inbox, *gathers* all keys from the stack into it, and takes one of
//!   them. If there is none, it becomes a *waiter*: it stores a waker in the inbox, and has a
//!   *ticket*.
//!
//! # Who wakes a waiter
//!
//! The thread that unlocks the inbox wakes a waiter for each key. A thread that pushes tries to
//! lock the inbox, but only to wake, and only if there is a waiter. If the inbox is locked, the
//! lock holder does so, as it checks the stack again after it has unlocked.
//!
//! A closed queue has a closed stack, to which no key can be pushed. It is closed under the lock of
//! the inbox, so a receiver that finds no key there knows whether another one can follow. The
//! thread that unlocks the inbox wakes all waiters then.
//!
//! There is a `SeqCst` fence between "push" and "load `waiting`, or try to lock", and one between
//! "store `waiting`, unlock" and "check the stack". So at least one of the two threads sees the
//! other one's write, and a waiter is woken for each key.

use std::{
    collections::VecDeque,
    sync::{
        PoisonError, TryLockError,
        atomic::Ordering::{Relaxed, SeqCst},
    },
    task::{Context, Poll, Waker},
};

use super::links::{Chain, Link, Stack};
use crate::{
    sync::{AtomicUsize, Mutex, MutexGuard, fence},
    unraisable,
};

/// The shared part of a queue: for its owners, and for the callbacks of watched objects.
pub(super) struct Core<K> {
    /// The keys that no receiver has gathered yet.
    dead: Stack<K>,
    /// The length of `waiters` when the inbox was last unlocked. Written by the thread that has the
    /// lock.
    waiting: AtomicUsize,
    /// Locked for a few instructions at a time, without user code.
    inbox: Mutex<Inbox<K>>,
}

/// The part of a queue that receivers share under a lock. No function of it runs user code: keys
/// and wakers are dropped when it is unlocked.
struct Inbox<K> {
    /// The keys that have been gathered, oldest first.
    arrived: Chain<K>,
    /// The wakers of the waiters that have not been woken, by the number of their ticket, in
    /// ascending order.
    waiters: VecDeque<(u64, Waker)>,
    /// The number of waiters that have been woken, and have neither polled again nor given up.
    /// There is a key for each of them, unless another receiver has taken it.
    woken: usize,
    /// The number of the newest ticket.
    last: u64,
}

/// The number of a waiter, which is in `waiters` or counted in `woken`.
#[derive(Debug)]
pub(super) struct Ticket(u64);

impl<K> Inbox<K> {
    /// Returns the index of a waiter, or `None` if it has been woken.
    fn place(&self, Ticket(number): &Ticket) -> Option<usize> {
        self.waiters.binary_search_by_key(number, |&(number, _)| number).ok()
    }

    /// Removes a waiter. The caller drops its waker after the inbox is unlocked.
    fn leave(&mut self, ticket: &Ticket) -> Option<Waker> {
        if let Some(place) = self.place(ticket) {
            return self.waiters.remove(place).map(|(_, waker)| waker);
        }
        self.woken -= 1;
        None
    }

    /// Adds a waiter at the end.
    fn join(&mut self, waker: Waker) -> Ticket {
        self.last += 1;
        self.waiters.push_back((self.last, waker));
        Ticket(self.last)
    }

    /// Removes the first waiter and returns its waker, if there is a key for it, or if the queue is
    /// closed.
    fn next_to_wake(&mut self, is_closed: bool) -> Option<Waker> {
        if self.arrived.len() <= self.woken && !is_closed {
            return None;
        }
        let (_, waker) = self.waiters.pop_front()?;
        self.woken += 1;
        Some(waker)
    }
}

impl<K> Core<K> {
    pub(super) fn new() -> Self {
        let inbox =
            Inbox { arrived: Chain::default(), waiters: VecDeque::new(), woken: 0, last: 0 };
        Self { dead: Stack::new(), waiting: AtomicUsize::new(0), inbox: Mutex::new(inbox) }
    }

    /// Puts a key into the queue, for a drop. Gives it back if the queue is closed. Does not block,
    /// allocate or panic.
    pub(super) fn push(&self, link: Box<Link<K>>) -> Result<(), Box<Link<K>>> {
        self.dead.push(link)?;
        fence(SeqCst);
        if self.waiting.load(Relaxed) != 0
            && let Some(inbox) = self.try_lock()
        {
            self.unlock(inbox);
        }
        Ok(())
    }

    /// Closes the queue, and wakes all waiters.
    pub(super) fn close(&self) {
        self.with(|inbox| self.dead.close_into(&mut inbox.arrived));
    }

    pub(super) fn is_closed(&self) -> bool {
        self.dead.is_closed()
    }

    pub(super) fn len(&self) -> usize {
        self.with(|inbox| inbox.arrived.len())
    }

    pub(super) fn try_recv(&self) -> Option<K> {
        self.with(|inbox| inbox.arrived.pop()).map(|link| link.into_key())
    }

    /// Receives the keys that are there, up to `limit` of them.
    pub(super) fn try_recv_many(&self, limit: usize) -> Chain<K> {
        self.with(|inbox| inbox.arrived.pop_many(limit))
    }

    /// Returns the next key, or `None` if the queue is closed and empty. If there is no key, makes
    /// the caller a waiter, whose waker is woken when there is one, until it calls `give_up`.
    pub(super) fn poll(&self, ticket: &mut Option<Ticket>, cx: &Context<'_>) -> Poll<Option<K>> {
        let (next, old) = self.with(|inbox| {
            let place = ticket.as_ref().and_then(|ticket| inbox.place(ticket));
            let stays = place.is_some_and(|place| inbox.waiters[place].1.will_wake(cx.waker()));
            let next = self.next(inbox);
            // A waiter that was woken in vain, or polls with another waker, goes to the end of the
            // list.
            let leaves = next.is_ready() || !stays;
            let old = ticket.take_if(|_| leaves).and_then(|ticket| inbox.leave(&ticket));
            (next, old)
        });
        discard(old);
        if next.is_pending() && ticket.is_none() {
            return self.join(ticket, cx.waker().clone());
        }
        next.map(|link| link.map(|link| link.into_key()))
    }

    fn join(&self, ticket: &mut Option<Ticket>, waker: Waker) -> Poll<Option<K>> {
        let mut waker = Some(waker);
        let next = self.with(|inbox| {
            let next = self.next(inbox);
            if next.is_pending() {
                *ticket = waker.take().map(|waker| inbox.join(waker));
            }
            next
        });
        discard(waker);
        next.map(|link| link.map(|link| link.into_key()))
    }

    /// Takes the next key. Returns `None` if there will be none.
    fn next(&self, inbox: &mut Inbox<K>) -> Poll<Option<Box<Link<K>>>> {
        match inbox.arrived.pop() {
            None if !self.dead.is_closed() => Poll::Pending,
            link => Poll::Ready(link),
        }
    }

    /// Removes a waiter. If it has been woken already, the next one is woken instead.
    pub(super) fn give_up(&self, ticket: &Ticket) {
        discard(self.with(|inbox| inbox.leave(ticket)));
    }

    fn with<R>(&self, f: impl FnOnce(&mut Inbox<K>) -> R) -> R {
        let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        self.gather(&mut inbox);
        let result = f(&mut inbox);
        self.unlock(inbox);
        result
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, Inbox<K>>> {
        let mut inbox = match self.inbox.try_lock() {
            Ok(inbox) => inbox,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        self.gather(&mut inbox);
        Some(inbox)
    }

    fn gather(&self, inbox: &mut Inbox<K>) {
        if !self.dead.is_empty() {
            self.dead.empty_into(&mut inbox.arrived);
        }
    }

    /// Unlocks the inbox and wakes a waiter for each key, also for keys that were pushed while it
    /// was locked; or all waiters, if the queue is closed. Does not panic: the panic of a waker goes to the unraisable hook, as it is not
    /// the caller's.
    fn unlock<'a>(&'a self, mut inbox: MutexGuard<'a, Inbox<K>>) {
        loop {
            let next = inbox.next_to_wake(self.dead.is_closed());
            self.waiting.store(inbox.waiters.len(), Relaxed);
            drop(inbox);
            let has_woken = next.is_some();
            if let Some(waker) = next {
                unraisable::catch::<Waker>(|| waker.wake());
            }
            fence(SeqCst);
            let is_settled = self.dead.is_empty() && !has_woken;
            if is_settled || self.waiting.load(Relaxed) == 0 {
                return;
            }
            // The thread that has the lock now will check again when it unlocks.
            let Some(again) = self.try_lock() else { return };
            inbox = again;
        }
    }
}

/// Drops a waker, which is user code. If it panics, the key that is being returned is not lost.
fn discard(waker: Option<Waker>) {
    unraisable::catch::<Waker>(|| drop(waker));
}
