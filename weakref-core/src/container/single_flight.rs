//! Single flight: `get_or_insert_with` runs one factory for a key, no matter how many threads ask
//! for the key.
//!
//! The thread that finds nothing *starts a flight*: it stores the key in the shard and runs the
//! factory with nothing locked. A thread that asks for the same key meanwhile *joins* the flight
//! and waits for its *outcome*. The flight is *completed* under the same lock as the insertion of
//! the new record. So every thread sees either the flight or the record.

use super::{
    flights::{InFlight, Joined, TASK},
    record::Record,
    removal::Removed,
    shard::{DeferredOp, ShardGuard},
    shards::Shards,
    table::{self, Table},
};
use crate::{
    Flavor,
    sync::{
        deadlock::{ANONYMOUS, while_holding},
        thread_token,
    },
};

/// The search of a caller of `get_or_insert_with`.
pub(crate) trait Query<F: Flavor, R: Record<F>> {
    /// Whether [`is_made_by`](Self::is_made_by) compares hashes only. If so, a thread never joins
    /// its own flight, as equal hashes do not mean equal keys. Nor does a task join that of any
    /// other task, as it may be its own.
    const BY_HASH: bool;

    fn hash(&self) -> u32;
    /// Returns the living entry, if there is one. The user's `Eq` runs here, under the lock.
    fn find(&mut self, table: &Table<F, R>) -> Option<R::Strong>;
    /// Whether the flight for `key` makes the entry. The user's `Eq` runs here, under the lock.
    fn is_made_by(&self, key: &R::FlightKey) -> bool;
    /// Whether the outcome of a flight is the entry. Nothing is locked.
    fn accepts(&self, made: &R::Strong) -> bool;
    /// Makes the key with which other callers compare theirs.
    fn flight_key(&mut self) -> R::FlightKey;
    /// Takes the key of the flight back. Drops nothing of the user's, as the shard is locked.
    fn take_back(&mut self, key: R::FlightKey);
    /// Drops the strong pointers that searches have made. May run user code; nothing is locked.
    fn release(&mut self);
}

/// The result of the insertion that completes a flight.
pub(crate) struct Inserted<F: Flavor, R: Record<F>> {
    /// The entry that another thread has inserted meanwhile. It stays, and is the outcome of the
    /// flight.
    pub(crate) found: Option<R::Strong>,
    /// The record that the insertion has replaced.
    pub(crate) replaced: Option<Removed<F, R>>,
}

impl<F: Flavor, R: Record<F>> Shards<F, R> {
    /// Returns the entry that is there. Otherwise calls `make`, has `insert` insert the result
    /// under the lock, and returns it.
    #[track_caller]
    pub(crate) fn get_or_try_make<Q: Query<F, R>, E>(
        &self,
        query: &mut Q,
        make: impl FnOnce(&Q) -> Result<R::Strong, E>,
        insert: impl FnOnce(&mut ShardGuard<'_, F, R>, &mut Q, &R::Strong) -> Inserted<F, R>,
    ) -> Result<R::Strong, E> {
        let mut flight = loop {
            let found = match self.join_or_start(query, thread_token()) {
                Joining::Found(strong) => Some(strong),
                Joining::Joined(joined) => joined.wait().ok().filter(|made| query.accepts(made)),
                Joining::Started(flight) => break flight,
            };
            if let Some(strong) = found {
                // Before the result is made, which a panic of this drop would leak.
                drop((make, insert));
                return Ok(strong);
            }
        };
        // Declared before the guard, so that they are dropped after it, also in a panic.
        let Inserted { found, replaced };
        // From here on, others can wait for this thread.
        let (new, mut guard) = while_holding(ANONYMOUS, || {
            query.release();
            let new = make(query)?;
            Ok((new, self.lock_to_insert(query.hash())))
        })?;
        let Some(InFlight { completion, key, .. }) = flight.end(&mut guard) else {
            unreachable!("a flight is ended by the thread that started it")
        };
        query.take_back(key);
        Inserted { found, replaced } = insert(&mut guard, query, &new);
        // Before the shard is unlocked: that runs listeners, which may wait for threads that wait
        // for this flight.
        completion.succeed(found.as_ref().unwrap_or(&new));
        drop(guard);
        let (strong, unused) = match found {
            Some(found) => (found, Some(new)),
            None => (new, None),
        };
        // Before the result is made, which a panic of this drop would leak.
        drop((unused, replaced.map(Removed::into_owners)));
        Ok(strong)
    }

    /// Returns the living entry, or joins the flight that makes it, or starts a flight. `maker` is
    /// the token of this thread, or `TASK`: threads join the flights of threads, and tasks those of
    /// tasks.
    #[inline]
    #[track_caller]
    pub(super) fn join_or_start<Q: Query<F, R>>(
        &self,
        query: &mut Q,
        maker: usize,
    ) -> Joining<'_, F, R> {
        let hash = query.hash();
        loop {
            let mut guard = self.lock_to_insert(hash);
            if let Some(strong) = query.find(&guard) {
                return Joining::Found(strong);
            }
            let lock_id = guard.lock_id();
            let is_match = |other, key: &R::FlightKey| {
                (other == TASK) == (maker == TASK)
                    && !(Q::BY_HASH && other == maker)
                    && table::run_user_code::<F, _>(lock_id, || query.is_made_by(key))
            };
            let Some(joined) = guard.flights_mut().join(hash, lock_id, is_match) else {
                let number = guard.flights_mut().start(hash, query.flight_key(), maker);
                if let Err(mut guard) = guard.unlock() {
                    // Unlocking runs user code, which may ask for the same key. So end the flight
                    // first, and try again.
                    if let Some(flight) = guard.flights_mut().end(number) {
                        query.take_back(flight.key);
                    }
                    drop(guard);
                    continue;
                }
                return Joining::Started(Flight { shards: self, hash, number, is_ended: false });
            };
            drop(guard);
            query.release();
            return Joining::Joined(joined);
        }
    }
}

pub(super) enum Joining<'a, F: Flavor, R: Record<F>> {
    Found(R::Strong),
    Joined(F::Strong<Joined<R::Strong>>),
    Started(Flight<'a, F, R>),
}

/// A flight that this thread or task has started. Dropped before its end, it fails, and another
/// one that has joined it may start the next one.
pub(super) struct Flight<'a, F: Flavor, R: Record<F>> {
    pub(super) shards: &'a Shards<F, R>,
    /// The hash of the key. The shard for it stays the same, as a container with a flight is not
    /// split.
    hash: u32,
    number: u64,
    is_ended: bool,
}

impl<F: Flavor, R: Record<F>> Flight<'_, F, R> {
    pub(super) fn end(&mut self, guard: &mut ShardGuard<'_, F, R>) -> Option<InFlight<F, R>> {
        self.is_ended = true;
        guard.flights_mut().end(self.number)
    }
}

impl<F: Flavor, R: Record<F>> Drop for Flight<'_, F, R> {
    fn drop(&mut self) {
        if !self.is_ended {
            self.shards.run_or_defer(self.hash, DeferredOp::FlightFailed(self.number));
        }
    }
}
