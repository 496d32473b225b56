//! The wakers of the tasks that wait for a flight.

use std::{collections::BTreeMap, task::Waker};

use crate::unraisable;

/// The wakers of the tasks that wait for a flight, guarded by its mutex.
#[derive(Default)]
pub(super) struct Wakers {
    /// By ticket, so in the order in which the tasks began to wait.
    list: BTreeMap<u64, Waker>,
    /// The newest ticket.
    last: u64,
}

impl Wakers {
    /// Adds a waker, or replaces that of an earlier poll with the same ticket. The caller drops the
    /// old one after the mutex is unlocked.
    pub(super) fn insert(&mut self, ticket: &mut Option<u64>, waker: Waker) -> Option<Waker> {
        let ticket = *ticket.get_or_insert_with(|| {
            self.last += 1;
            self.last
        });
        self.list.insert(ticket, waker)
    }

    /// Removes a waker, unless it has been woken. The caller drops it after the mutex is unlocked.
    pub(super) fn remove(&mut self, ticket: u64) -> Option<Waker> {
        self.list.remove(&ticket)
    }

    /// Wakes all tasks. Does not panic: the panic of a waker goes to the unraisable hook, as it is
    /// not the caller's.
    pub(super) fn wake(self) {
        for waker in self.list.into_values() {
            unraisable::catch::<Waker>(|| waker.wake());
        }
    }
}

/// Drops a waker, which is user code. If it panics, the outcome that is being returned is not lost.
pub(super) fn discard(waker: Option<Waker>) {
    unraisable::catch::<Waker>(|| drop(waker));
}
