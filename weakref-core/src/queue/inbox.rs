//! Deaths and receivers, who share the stack and the list of those who wait.
//!
//! Deaths push on the stack, without a lock. Receivers lock the inbox, into which they move what is on
//! the stack, and leave a waker there if it was nothing.
//!
//! Whoever unlocks the inbox wakes whom there is a key for. A death tries to lock it for that alone, and
//! only if somebody waits. Where that fails, it leaves the rest to the holder, who looks at the stack
//! again after unlocking. With a fence between the push and the attempt, and one between the unlocking
//! and the look, one of the two sees what the other has done.

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
    callback,
    sync::{AtomicUsize, Mutex, MutexGuard, fence},
};

/// What a queue is to those who hold it.
pub(super) struct Core<K> {
    dead: Stack<K>,
    /// How many wait, as the inbox said when it was last unlocked.
    waiting: AtomicUsize,
    inbox: Mutex<Inbox<K>>,
}

/// None of it runs the user's code: keys and wakers come and go outside of the lock.
struct Inbox<K> {
    arrived: Chain<K>,
    /// Who waits, by number: in ascending order, as they come.
    waiters: VecDeque<(u64, Waker)>,
    /// How many have been woken, and have neither come back nor gone. There is a key for each, unless
    /// somebody else was faster.
    woken: usize,
    last: u64,
}

/// The number of a waiter. It is in the list, or has been woken.
#[derive(Debug)]
pub(super) struct Ticket(u64);

impl<K> Inbox<K> {
    fn place(&self, Ticket(number): &Ticket) -> Option<usize> {
        self.waiters.binary_search_by_key(number, |&(number, _)| number).ok()
    }

    /// Takes a waiter out. What it returns drops outside of the lock.
    fn leave(&mut self, ticket: &Ticket) -> Option<Waker> {
        if let Some(place) = self.place(ticket) {
            return self.waiters.remove(place).map(|(_, waker)| waker);
        }
        self.woken -= 1;
        None
    }

    /// Puts a waiter at the end.
    fn join(&mut self, waker: Waker) -> Ticket {
        self.last += 1;
        self.waiters.push_back((self.last, waker));
        Ticket(self.last)
    }

    /// Takes the first who waits out, if there is a key for it.
    fn next_to_wake(&mut self) -> Option<Waker> {
        if self.arrived.len() <= self.woken {
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

    /// What a death does. Does not block, allocate or panic.
    pub(super) fn push(&self, link: Box<Link<K>>) {
        self.dead.push(link);
        fence(SeqCst);
        if self.waiting.load(Relaxed) != 0
            && let Some(inbox) = self.try_lock()
        {
            self.unlock(inbox);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.with(|inbox| inbox.arrived.len())
    }

    pub(super) fn try_recv(&self) -> Option<K> {
        self.with(|inbox| inbox.arrived.pop()).map(|link| link.into_key())
    }

    /// Returns a key; or sees to it that the waker is woken when there is one, until `give_up`.
    pub(super) fn poll(&self, ticket: &mut Option<Ticket>, cx: &Context<'_>) -> Poll<K> {
        let (link, old) = self.with(|inbox| {
            let place = ticket.as_ref().and_then(|ticket| inbox.place(ticket));
            let stays = place.is_some_and(|place| inbox.waiters[place].1.will_wake(cx.waker()));
            let link = inbox.arrived.pop();
            // Who has been woken in vain, or comes with another waker, goes to the end of the list.
            let leaves = link.is_some() || !stays;
            let old = ticket.take_if(|_| leaves).and_then(|ticket| inbox.leave(&ticket));
            (link, old)
        });
        discard(old);
        if link.is_none() && ticket.is_none() {
            return self.join(ticket, cx.waker().clone());
        }
        link.map_or(Poll::Pending, |link| Poll::Ready(link.into_key()))
    }

    fn join(&self, ticket: &mut Option<Ticket>, waker: Waker) -> Poll<K> {
        let mut waker = Some(waker);
        let link = self.with(|inbox| {
            let link = inbox.arrived.pop();
            if link.is_none() {
                *ticket = waker.take().map(|waker| inbox.join(waker));
            }
            link
        });
        discard(waker);
        link.map_or(Poll::Pending, |link| Poll::Ready(link.into_key()))
    }

    /// Ends what `poll` has begun. If the waiter has been woken already, the next one is instead.
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

    /// Unlocks, wakes whom there is a key for, and does what others have left to the holder. Does not
    /// panic: a waker that does is not the affair of whoever comes by.
    fn unlock<'a>(&'a self, mut inbox: MutexGuard<'a, Inbox<K>>) {
        loop {
            let next = inbox.next_to_wake();
            self.waiting.store(inbox.waiters.len(), Relaxed);
            drop(inbox);
            let has_woken = next.is_some();
            if let Some(waker) = next {
                callback::run::<Waker>(|| waker.wake());
            }
            fence(SeqCst);
            let is_settled = self.dead.is_empty() && !has_woken;
            if is_settled || self.waiting.load(Relaxed) == 0 {
                return;
            }
            // Whoever holds it now comes to this point later.
            let Some(again) = self.try_lock() else { return };
            inbox = again;
        }
    }
}

/// Drops a waker, which is the user's: if it panics, no key may go down with it.
fn discard(waker: Option<Waker>) {
    callback::run::<Waker>(|| drop(waker));
}
