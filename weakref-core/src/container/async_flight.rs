//! Single flight among tasks: one of several futures that ask for a key runs its factory, and the
//! others wait for the outcome.
//!
//! The flight of a *task* is listed beside those of threads (`flights.rs`), and completed in the
//! same way. What differs is how the others wait: they leave a waker in the flight, instead of
//! blocking. Any thread may poll a task, so deadlock detection does not know of these waits.
//!
//! A task never joins the flight of a thread, nor a thread that of a task: a thread that blocked
//! for a task might be the one that has to poll it. If both make an entry, the one that is inserted
//! first stays, and both return it.
//!
//! Nothing is locked across an `await`, and wakers are cloned, woken and dropped while nothing is
//! locked.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::{
    flights::{Failed, InFlight, Joined, TASK},
    record::Record,
    removal::Removed,
    shard::{self, ShardGuard},
    shards::Shards,
    single_flight::{Flight, Inserted, Joining, Query},
    wakers,
};
use crate::Flavor;

impl<F: Flavor, R: Record<F>> Shards<F, R> {
    /// Returns the entry that is there, or that the flight of another task makes. If there is
    /// neither, starts a flight and returns it as an error.
    pub(crate) async fn find_or_start<Q: Query<F, R>>(
        &self,
        mut query: Q,
    ) -> Result<R::Strong, TaskFlight<'_, F, R, Q>> {
        loop {
            let found = match self.join_or_start(&mut query, TASK) {
                Joining::Found(strong) => Some(strong),
                Joining::Joined(joined) => Landing::<F, _> { joined, ticket: None }.await.ok(),
                Joining::Started(flight) => return Err(TaskFlight { flight, query }),
            };
            if let Some(strong) = found.filter(|strong| query.accepts(strong)) {
                // Before the result is made, which a panic of this drop would leak.
                drop(query);
                return Ok(strong);
            }
        }
    }
}

/// A flight that a task has started. Dropped before its end, it fails, and wakes the tasks that
/// have joined it. The first that is polled starts the next one.
pub(crate) struct TaskFlight<'a, F: Flavor, R: Record<F>, Q> {
    flight: Flight<'a, F, R>,
    query: Q,
}

impl<F: Flavor, R: Record<F>, Q: Query<F, R>> TaskFlight<'_, F, R, Q> {
    /// Has `insert` insert the new entry under the lock, completes the flight, and returns the
    /// entry that is there now.
    pub(crate) fn land(
        self,
        new: R::Strong,
        insert: impl FnOnce(&mut ShardGuard<'_, F, R>, &mut Q, &R::Strong) -> Inserted<F, R>,
    ) -> R::Strong {
        let Self { mut flight, mut query } = self;
        query.release();
        // Declared before the guard, so that they are dropped after it, also in a panic.
        let Inserted { found, replaced };
        let completion;
        let mut guard = flight.shards.lock_to_insert(query.hash());
        let Some(InFlight { completion: ended, key, .. }) = flight.end(&mut guard) else {
            unreachable!("a flight is ended by the task that started it")
        };
        completion = ended;
        query.take_back(key);
        Inserted { found, replaced } = insert(&mut guard, &mut query, &new);
        // The shard is unlocked when wakers are woken. Listeners run afterwards, as they may wait
        // for tasks that wait for this flight.
        let garbage = guard.take_garbage();
        completion.succeed(found.as_ref().unwrap_or(&new));
        shard::discard(garbage);
        let (strong, unused) = match found {
            Some(found) => (found, Some(new)),
            None => (new, None),
        };
        // Before the result is made, which a panic of this drop would leak.
        drop((unused, replaced.map(Removed::into_owners), query));
        strong
    }
}

/// A future of the outcome of a flight.
struct Landing<F: Flavor, S: Clone> {
    joined: F::Strong<Joined<S>>,
    /// The key of the waker in `Wakers`. `None` before the first poll.
    ticket: Option<u64>,
}

impl<F: Flavor, S: Clone> Future for Landing<F, S> {
    type Output = Result<S, Failed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { joined, ticket } = self.get_mut();
        let waker = cx.waker().clone();
        let (outcome, unused) = {
            let mut state = joined.lock();
            if state.outcome.is_some() {
                (state.outcome.clone(), Some(waker))
            } else {
                (None, state.wakers.insert(ticket, waker))
            }
        };
        wakers::discard(unused);
        outcome.map_or(Poll::Pending, Poll::Ready)
    }
}

impl<F: Flavor, S: Clone> Drop for Landing<F, S> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            // The mutex is unlocked before the waker is dropped.
            let waker = self.joined.lock().wakers.remove(ticket);
            wakers::discard(waker);
        }
    }
}

/// Nothing in a future is pinned.
impl<F: Flavor, S: Clone> Unpin for Landing<F, S> {}
