//! The flights of a shard: the keys whose factories run, and the threads or tasks that wait for
//! them. See `single_flight.rs` and `async_flight.rs` for the terms.

use std::sync::{PoisonError, atomic::Ordering};

use super::record::Record;
#[cfg(feature = "async")]
use super::wakers::Wakers;
use crate::{
    Flavor,
    sync::deadlock::{self, holds_any},
    sync::{AtomicUsize, Condvar, Mutex, MutexGuard},
};

/// The maker of a flight whose factory is a future: a task, which any thread may poll. No thread
/// has this token.
pub(super) const TASK: usize = 0;

/// The flights of one shard, guarded by its lock.
pub(super) struct Flights<F: Flavor, R: Record<F>> {
    list: Vec<InFlight<F, R>>,
    /// The number of flights ever started, and the number of the newest one.
    started: u64,
}

impl<F: Flavor, R: Record<F>> Default for Flights<F, R> {
    fn default() -> Self {
        Self { list: Vec::new(), started: 0 }
    }
}

impl<F: Flavor, R: Record<F>> Flights<F, R> {
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Starts a flight and returns its number. `maker` is the token of this thread, or `TASK`.
    pub(super) fn start(&mut self, hash: u32, key: R::FlightKey, maker: usize) -> u64 {
        self.started += 1;
        let completion = Completion { joined: None, outcome: Err(Failed) };
        let number = self.started;
        self.list.push(InFlight { completion, number, hash, key, maker });
        number
    }

    /// Joins the flight with this hash whose maker and key `is_match` accepts. `lock_id` is that of
    /// the table's lock.
    pub(super) fn join(
        &mut self,
        hash: u32,
        lock_id: usize,
        mut is_match: impl FnMut(usize, &R::FlightKey) -> bool,
    ) -> Option<F::Strong<Joined<R::Strong>>> {
        let is_match = |flight: &&mut InFlight<F, R>| {
            flight.hash == hash && is_match(flight.maker, &flight.key)
        };
        let flight = self.list.iter_mut().find(is_match)?;
        let new = || F::strong(Joined::new(flight.maker, lock_id));
        Some(flight.completion.joined.get_or_insert_with(new).clone())
    }

    /// Ends a flight. Dropping the result completes it.
    pub(super) fn end(&mut self, number: u64) -> Option<InFlight<F, R>> {
        let index = self.list.iter().position(|flight| flight.number == number)?;
        Some(self.list.swap_remove(index))
    }

    /// Ends a flight that has failed. Returns it, to be dropped after the shard is unlocked, and
    /// before listeners run, which may wait for those who wait for this flight.
    ///
    /// The flight of a thread is completed here already. The drop completes that of a task, as this
    /// wakes wakers, which are user code.
    pub(super) fn fail(&mut self, number: u64) -> Option<InFlight<F, R>> {
        let mut flight = self.end(number)?;
        if flight.maker != TASK {
            flight.completion.complete();
        }
        Some(flight)
    }
}

/// A key whose factory runs.
pub(super) struct InFlight<F: Flavor, R: Record<F>> {
    // First, so that no thread waits for the drop of the key.
    pub(super) completion: Completion<F, R::Strong>,
    number: u64,
    hash: u32,
    pub(super) key: R::FlightKey,
    /// The token of the thread that runs the factory, or `TASK`.
    maker: usize,
}

/// The part of a flight that is shared with the threads or tasks that have joined it.
pub(super) struct Joined<S> {
    /// The token of the thread that runs the factory; or 0, if a task does or once the flight is
    /// completed. Relaxed: deadlock detection alone reads it, and the outcome has its own mutex.
    maker: AtomicUsize,
    /// The lock that the maker needs to complete the flight.
    lock_id: usize,
    /// Locked for a few instructions, without user code.
    state: Mutex<State<S>>,
    completed: Condvar,
}

pub(super) struct State<S> {
    /// `None` until the flight is completed. Owns the new value until every waiting thread or task
    /// has received it, even if the maker drops it at once.
    pub(super) outcome: Option<Result<S, Failed>>,
    /// The wakers of the tasks that wait. Empty once the flight is completed, and in the flight of
    /// a thread.
    #[cfg(feature = "async")]
    pub(super) wakers: Wakers,
}

const CIRCLE: &str = "`get_or_insert_with` (or an entry's `or_insert_with`) would wait for ever: \
     the factory that runs for this key waits for what this thread is in the middle of; a factory \
     must not ask for its own key, itself or by other threads";

/// The factory returned an error, or panicked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failed;

impl<S: Clone> Joined<S> {
    fn new(maker: usize, lock_id: usize) -> Self {
        let state = State {
            outcome: None,
            #[cfg(feature = "async")]
            wakers: Wakers::default(),
        };
        let (maker, state) = (AtomicUsize::new(maker), Mutex::new(state));
        Self { maker, lock_id, state, completed: Condvar::new() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State<S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blocks this thread until there is an outcome.
    #[track_caller]
    pub(super) fn wait(&self) -> Result<S, Failed> {
        // Only a thread that holds a resource can be one for which the maker waits in turn.
        let _waiting = if holds_any() {
            Some(deadlock::record_wait_for_thread_and_holders(
                &self.maker,
                self.lock_id,
                format_args!("{CIRCLE}"),
            ))
        } else {
            None
        };
        let mut state = self.lock();
        loop {
            match &state.outcome {
                Some(outcome) => return outcome.clone(),
                None => {
                    state = self.completed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    fn complete(&self, outcome: Result<S, Failed>) {
        self.maker.store(0, Ordering::Relaxed);
        let mut state = self.lock();
        state.outcome = Some(outcome);
        #[cfg(feature = "async")]
        let wakers = std::mem::take(&mut state.wakers);
        drop(state);
        self.completed.notify_all();
        #[cfg(feature = "async")]
        wakers.wake();
    }
}

/// Reports the outcome of a flight to the threads or tasks that have joined it, when it is dropped.
pub(super) struct Completion<F: Flavor, S: Clone> {
    /// `None` if no thread has joined.
    joined: Option<F::Strong<Joined<S>>>,
    outcome: Result<S, Failed>,
}

impl<F: Flavor, S: Clone> Completion<F, S> {
    pub(super) fn succeed(mut self, made: &S) {
        if self.joined.is_some() {
            self.outcome = Ok(made.clone());
        }
    }

    /// Reports the outcome now: failure, unless `succeed` has been called. Does not panic.
    #[inline]
    pub(super) fn complete(&mut self) {
        if let Some(joined) = self.joined.take() {
            joined.complete(std::mem::replace(&mut self.outcome, Err(Failed)));
        }
    }
}

impl<F: Flavor, S: Clone> Drop for Completion<F, S> {
    #[inline]
    fn drop(&mut self) {
        self.complete();
    }
}
