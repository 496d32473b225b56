//! The shards of a container: none when new, one when small, many when large.
//!
//! A new container has none, and allocates nothing. The first insertion allocates one. In `Shared`,
//! a container that has outgrown one shard, or whose threads wait for each other, is split once,
//! into [`shard_count`] shards. The first shard becomes one of them.
//!
//! The split holds the locks of all shards, and moves records together with their registrations. A
//! record whose referent is being dropped stays in the first shard, which will receive its
//! notification. Lookups no longer find it, which is correct, as it is dead.
#![allow(unsafe_code)]

use std::{
    marker::PhantomData,
    panic::{RefUnwindSafe, UnwindSafe},
    ptr::{self, NonNull},
    slice,
    sync::atomic::{AtomicUsize as ConstAtomicUsize, Ordering},
};

use super::{
    clearing::Clearing,
    parallelism::{
        LEAST_BEFORE_SPLIT, capacity_per_shard, records_before_split, round_shards, shard_count,
    },
    pin::RemovedEntry,
    record::{Record, Redirect},
    removal::{self, Listener, NotifyOnDrop, RemovalCause, Removed},
    shard::{self, DeferredOp, REENTRY, Shard, ShardGuard},
    table::Table,
};
use crate::{
    Flavor, Shared,
    error::TryReserveError,
    sync::ConstAtomicPtr,
    sync::deadlock::{holds, holds_any},
    unraisable::FirstPanic,
};

/// The number of waits for the lock of the only shard after which the container is split.
const WAITS_BEFORE_SPLIT: u32 = 64;

/// The shards of a container.
pub(crate) struct Shards<F: Flavor, R: Record<F>> {
    /// The shard of a small container, or null. Set once.
    first: ConstAtomicPtr<Shard<F, R>>,
    /// All shards of a container that has been split, or null. Set once, by a thread that has the
    /// lock of the first shard. So a thread with this lock knows whether there are other shards.
    directory: ConstAtomicPtr<NonNull<Shard<F, R>>>,
    /// The length of the directory, a power of two; 0 before the split. Written once, before
    /// `directory`.
    count: ConstAtomicUsize,
    /// The number of shards that the user has requested, or 0. Constant.
    asked: usize,
    /// Makes the type invariant in the lifetimes of keys.
    invariant: PhantomData<*mut R>,
}

// SAFETY: a table, with its records, flights and listeners, is used by one thread at a time, which
// has its lock. Shared beyond the lock are:
//
// - keys, which visitors on several threads borrow (`Key: Sync`). The `Cell`s in a record are used
//   under the lock only, and a `&Key` does not cover them;
// - strong pointers, which a flight hands to several threads (`Strong: Send + Sync`);
// - listeners, which several threads call at once. Their type, `Listener`, is neither `Send` nor
//   `Sync`, but `on_removal` accepts only closures that are both (`Stored<Shared>`).
//
// Records, keys and flight keys are dropped by any thread: the one that drops a referent, or the
// lock holder to which it defers (`R: Send`, `Key: Send`, `FlightKey: Send`).
unsafe impl<R> Send for Shards<Shared, R> where
    R: Record<Shared, Key: Send + Sync, Strong: Send + Sync, FlightKey: Send + Sync> + Send
{
}
// SAFETY: as above.
unsafe impl<R> Sync for Shards<Shared, R> where
    R: Record<Shared, Key: Send + Sync, Strong: Send + Sync, FlightKey: Send + Sync> + Send
{
}

// A panic of user code leaves the shards consistent. So only the records decide about unwind
// safety, as for std's maps.
impl<F: Flavor, R: Record<F> + UnwindSafe> UnwindSafe for Shards<F, R> {}
impl<F: Flavor, R: Record<F> + RefUnwindSafe> RefUnwindSafe for Shards<F, R> {}

/// Creation and locks.
impl<F: Flavor, R: Record<F>> Shards<F, R> {
    /// Makes a container without shards.
    pub(crate) const fn new() -> Self {
        Self {
            first: ConstAtomicPtr::new(),
            directory: ConstAtomicPtr::new(),
            count: ConstAtomicUsize::new(0),
            asked: 0,
            invariant: PhantomData,
        }
    }

    /// # Panics
    ///
    /// Like [`reserve`](Self::reserve).
    #[track_caller]
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        let shards = Self::new();
        if capacity != 0 {
            assert!(
                shards.try_reserve(capacity).is_ok(),
                "`with_capacity` has no room for {capacity} entries, by a capacity overflow or \
                 for lack of memory: ask for less, or call `try_reserve`, which returns an error"
            );
        }
        shards
    }

    /// Makes a container with this number of shards, rounded up to a power of two. They are
    /// allocated by the first insertions.
    pub(crate) fn with_shards(asked: usize) -> Self {
        let mut shards = Self::new();
        shards.asked = if F::IS_SHARED { round_shards(asked) } else { 1 };
        shards
    }

    /// Makes an empty container with the same number of shards requested.
    pub(crate) fn new_like(&self) -> Self {
        let mut shards = Self::new();
        shards.asked = self.asked;
        shards
    }

    fn shard_count(&self) -> usize {
        if self.asked == 0 { shard_count::<F>() } else { self.asked }
    }

    fn first(&self) -> Option<NonNull<Shard<F, R>>> {
        // Acquire, with the Release in `create`: the new shard.
        NonNull::new(self.first.load(Ordering::Acquire))
    }

    #[inline]
    fn directory(&self) -> Option<&[NonNull<Shard<F, R>>]> {
        if !F::IS_SHARED {
            return None;
        }
        // Acquire, with the Release in `split`: the length, the directory, its shards.
        let first = NonNull::new(self.directory.load(Ordering::Acquire))?;
        // SAFETY: the pointer is that of a boxed slice of that length, which `split` leaked. The
        // slice is never written again, and is freed with the container, which is borrowed.
        Some(unsafe { slice::from_raw_parts(first.as_ptr(), self.count.load(Ordering::Relaxed)) })
    }

    /// Returns the index of the shard for a hash. Does not mix the bits, as locking waits for the
    /// result. `expand_hash` mixes them in parallel with locking.
    #[inline]
    fn shard_index(hash: u32, count: usize) -> usize {
        hash as usize & (count - 1)
    }

    /// Locks the shard for a hash. Returns `None` if nothing has been inserted yet.
    ///
    /// # Panics
    ///
    /// If called by a key's `Eq` during a search in this container.
    #[inline]
    #[track_caller]
    pub(crate) fn lock(&self, hash: u32) -> Option<ShardGuard<'_, F, R>> {
        let directory = self.directory();
        let shard = match directory {
            Some(shards) => shards[Self::shard_index(hash, shards.len())],
            None => self.first()?,
        };
        let guard = self.lock_shard(shard);
        if F::IS_SHARED && directory.is_none() && self.directory().is_some() {
            return self.lock_again(guard, hash);
        }
        Some(guard)
    }

    /// Locks the shard for a hash, in a container that was split before this thread had locked the
    /// first shard.
    #[cold]
    #[track_caller]
    fn lock_again(&self, first: ShardGuard<'_, F, R>, hash: u32) -> Option<ShardGuard<'_, F, R>> {
        drop(first);
        let shards = self.directory()?;
        Some(self.lock_shard(shards[Self::shard_index(hash, shards.len())]))
    }

    /// Locks the shard for a hash, to insert into it.
    ///
    /// # Panics
    ///
    /// Like [`lock`](Self::lock).
    #[inline]
    #[track_caller]
    pub(crate) fn lock_to_insert(&self, hash: u32) -> ShardGuard<'_, F, R> {
        loop {
            if let Some(guard) = self.lock(hash) {
                if !F::IS_SHARED || self.directory().is_some() || !self.has_outgrown_one(&guard) {
                    return guard;
                }
                drop(guard);
                self.split();
                // If the container could not be split, this is the first shard again.
                return self.lock(hash).expect("the first shard stays");
            }
            self.create();
        }
    }

    #[inline]
    fn has_outgrown_one(&self, table: &Table<F, R>) -> bool {
        let records = table.len();
        match self.asked {
            1 => false,
            0 => {
                let is_large = records >= LEAST_BEFORE_SPLIT
                    && records >= records_before_split(self.shard_count());
                (is_large || table.waits >= WAITS_BEFORE_SPLIT) && records >= table.split_after
            }
            _ => records >= table.split_after,
        }
    }

    /// Has the shard for a hash run the operation, or defers it to the lock holder. Never waits.
    pub(super) fn run_or_defer(&self, hash: u32, operation: DeferredOp) {
        let shard = match self.directory() {
            Some(shards) => Some(shards[Self::shard_index(hash, shards.len())]),
            None => self.first(),
        };
        if let Some(shard) = shard {
            // SAFETY: the container, which is borrowed, keeps its shards. The pointer is that of
            // the whole shard, from `allocate` or `allocate_padded`.
            unsafe { Shard::run_or_defer(shard, operation) }
        }
    }

    fn address(&self) -> usize {
        ptr::from_ref(self).addr()
    }

    /// Locks a shard of this container.
    #[inline]
    #[track_caller]
    pub(super) fn lock_shard(&self, shard: NonNull<Shard<F, R>>) -> ShardGuard<'_, F, R> {
        if F::IS_SHARED && holds_any() {
            self.assert_not_locked();
        }
        // SAFETY: the container, which is borrowed, keeps its shards. `shard` is the pointer of a
        // whole one. `lock` returns when this thread has taken the lock, so it has no other guard
        // of the shard, nor a reference to the table.
        unsafe {
            let has_waited = shard.as_ref().lock();
            let mut guard = ShardGuard::new(shard, self.address());
            if has_waited {
                guard.waits = guard.waits.saturating_add(1);
            }
            guard
        }
    }

    /// Returns the shard with this index, which is below [`count`](Self::count); or `None` if the
    /// container has no shard yet.
    pub(super) fn shard(&self, index: usize) -> Option<NonNull<Shard<F, R>>> {
        if index == 0 {
            return self.first();
        }
        self.directory()?.get(index).copied()
    }

    /// Returns the number of shards, or 1 if there is none yet. It does not change while this
    /// thread has the lock of the first shard, or keeps its table pinned.
    pub(super) fn count(&self) -> usize {
        self.directory().map_or(1, <[_]>::len)
    }

    /// Locks the shard with this index, as for [`shard`](Self::shard).
    #[track_caller]
    pub(super) fn lock_index(&self, index: usize) -> Option<ShardGuard<'_, F, R>> {
        Some(self.lock_shard(self.shard(index)?))
    }

    /// Locks one shard after the other.
    ///
    /// # Panics
    ///
    /// Like [`lock`](Self::lock).
    #[track_caller]
    pub(crate) fn each(&self) -> Each<'_, F, R> {
        // Checked here already, so that the panic names the caller's line.
        self.assert_usable();
        Each { shards: self, next: 0, count: 1, skips_empty: false }
    }

    /// Like [`each`](Self::each), but passes over shards that are empty, without locking them. The
    /// first one may be empty.
    #[track_caller]
    pub(crate) fn each_with_records(&self) -> Each<'_, F, R> {
        Each { skips_empty: F::IS_SHARED, ..self.each() }
    }

    /// Whether a shard was empty when it was unlocked last.
    fn is_shard_empty(&self, index: usize) -> bool {
        // SAFETY: the container, which is borrowed, keeps its shards.
        self.shard(index).is_none_or(|shard| unsafe { shard.as_ref() }.len() == 0)
    }

    /// Panics if called by a key's `Eq` during a search in this container.
    ///
    /// For a caller that uses the container in a closure, where a panic would not name the line of
    /// the user's call.
    #[track_caller]
    pub(crate) fn assert_usable(&self) {
        if !F::IS_SHARED {
            if let Some(shard) = self.first() {
                // SAFETY: the container, which is borrowed, keeps its shards.
                unsafe { shard.as_ref() }.assert_not_held();
            }
        } else if holds_any() {
            self.assert_not_locked();
        }
    }

    /// Checks all shards. Otherwise the same mistake would panic for some keys and pass for others.
    #[cold]
    #[track_caller]
    fn assert_not_locked(&self) {
        // SAFETY: the container, which is borrowed, keeps its shards.
        let id = |shard: NonNull<Shard<F, R>>| unsafe { shard.as_ref() }.lock_id();
        let is_mine = |held| {
            let mut all = (0..self.count()).filter_map(|index| self.shard(index));
            all.any(|shard| id(shard) == held)
        };
        assert!(!holds(is_mine), "{REENTRY}");
    }
}

/// Locks one shard after the other. Returned by [`Shards::each`].
pub(crate) struct Each<'a, F: Flavor, R: Record<F>> {
    shards: &'a Shards<F, R>,
    /// The index of the next shard.
    next: usize,
    /// The number of shards, or 1 until the first one has been locked: only its lock fixes the
    /// number. A later split moves only records that have been visited.
    count: usize,
    skips_empty: bool,
}

impl<F: Flavor, R: Record<F>> Each<'_, F, R> {
    #[inline]
    pub(super) fn is_done(&self) -> bool {
        self.next == self.count
    }
}

impl<'a, F: Flavor, R: Record<F>> Iterator for Each<'a, F, R> {
    type Item = ShardGuard<'a, F, R>;

    #[track_caller]
    fn next(&mut self) -> Option<ShardGuard<'a, F, R>> {
        let may_skip = self.skips_empty && self.next != 0;
        while may_skip && !self.is_done() && self.shards.is_shard_empty(self.next) {
            self.next += 1;
        }
        if self.is_done() {
            return None;
        }
        let guard = self.shards.lock_index(self.next)?;
        if self.next == 0 {
            self.count = self.shards.count();
        }
        self.next += 1;
        Some(guard)
    }
}

/// Growth.
impl<F: Flavor, R: Record<F>> Shards<F, R> {
    /// Allocates the first shard, unless another thread has done so.
    #[cold]
    fn create(&self) {
        let new = Shard::allocate();
        // Release, with the Acquire in `first`: the new shard.
        let set = self.first.compare_exchange(
            ptr::null_mut(),
            new.as_ptr(),
            Ordering::Release,
            Ordering::Relaxed,
        );
        if set.is_err() {
            // SAFETY: the pointer comes from `allocate`, and no other thread has seen it.
            unsafe { Shard::free(new) };
        }
    }

    /// Splits a container that has one shard. Does nothing while an iteration or a factory runs, or
    /// if a record is dead, as the slot of an object that was moved out of its pointer cannot be
    /// reached. The next attempt follows when the container has twice as many records.
    #[cold]
    #[track_caller]
    pub(super) fn split(&self) {
        let count = self.shard_count();
        if count == 1 {
            return;
        }
        // Strong pointers that may have become the last ones. Dropped when all shards are unlocked.
        let mut kept = Vec::new();
        let Some(first) = self.first() else { return };
        let mut guard = self.lock_shard(first);
        if self.directory().is_some() {
            return;
        }
        if !guard.is_movable() {
            guard.waits = 0;
            guard.split_after = 2 * guard.len();
            return;
        }
        let mut guards = Vec::with_capacity(count);
        let mut shards = vec![first];
        for _ in 1..count {
            let shard = Shard::allocate_padded();
            shards.push(shard);
            // SAFETY: the pointer comes from `allocate_padded`, and no other thread has seen it:
            // this thread has the only guard. `self` keeps the shard from the publication below on.
            // Before that, nothing frees it: if this function panics, the shard leaks, and stays
            // valid for the slots that refer to it. From the first registration on, deaths find it
            // locked, and are deferred.
            guards.push(unsafe {
                shard.as_ref().lock();
                ShardGuard::new(shard, self.address())
            });
        }
        let reserved = guard.reserved();
        let each = capacity_per_shard(reserved, count);
        let listeners = guard.listeners();
        for shard in guards.iter_mut().chain([&mut guard]) {
            shard.set_reserved(each);
            if let Some(listeners) = &listeners {
                shard.set_listeners(listeners.clone());
            }
        }
        let first_registrations = &mut 0;
        let moved = guard.split_off(|record| {
            let index = Self::shard_index(record.header().hash(), count);
            if index == 0 {
                return false;
            }
            let to = Shard::as_observer(shards[index]);
            let owners = record.owners();
            // SAFETY: this thread has the locks of both shards, so neither is freed meanwhile. The
            // number of redirected registrations is moved from one count to the other before either
            // is unlocked. The pointers are those of the whole shards.
            let redirect = unsafe { Redirect::new(Shard::as_observer(first), to) };
            let redirected = record.redirect(&owners, redirect);
            kept.push(owners);
            *guards[index - 1].registrations_mut() += redirected;
            *first_registrations += redirected;
            redirected == R::REFERENTS
        });
        *guard.registrations_mut() -= *first_registrations;
        for record in moved {
            guards[Self::shard_index(record.header().hash(), count) - 1].insert(record);
        }
        guards.iter().for_each(ShardGuard::publish_len);
        self.count.store(count, Ordering::Relaxed);
        let directory = Box::into_raw(shards.into_boxed_slice());
        // Release, with the Acquire in `directory`: the length, the directory, its shards.
        self.directory.store(directory.cast(), Ordering::Release);
        // In between, `len` counts the records that were moved twice.
        guard.publish_len();
        // All are unlocked before user code runs.
        let garbage: Vec<_> =
            guards.into_iter().chain([guard]).map(ShardGuard::take_garbage).collect();
        garbage.into_iter().for_each(shard::discard);
        removal::discard_owners::<F, R>(kept);
    }

    /// Makes room for `additional` more records, spread over the shards.
    ///
    /// # Panics
    ///
    /// If there is no room. Nothing is locked then.
    #[track_caller]
    pub(crate) fn reserve(&self, additional: usize) {
        assert!(
            self.try_reserve(additional).is_ok(),
            "`reserve` has no room for {additional} more entries, by a capacity overflow or for \
             lack of memory: ask for less, or call `try_reserve`, which returns an error"
        );
    }

    /// Like [`reserve`](Self::reserve), but returns an error instead of panicking.
    #[track_caller]
    pub(crate) fn try_reserve(&self, additional: usize) -> Result<(), TryReserveError> {
        if additional == 0 {
            return Ok(());
        }
        self.split_for(additional);
        let count = self.count();
        let each = capacity_per_shard(additional, count);
        self.each().try_for_each(|mut shard| shard.try_reserve(each))
    }

    /// Creates the shards that a container with `additional` more records has.
    #[track_caller]
    fn split_for(&self, additional: usize) {
        if self.first().is_none() {
            self.create();
        }
        let records = self.len().saturating_add(additional);
        let shards = self.shard_count();
        if shards > 1 && self.directory().is_none() && records >= records_before_split(shards) {
            self.split();
        }
    }

    /// Frees the capacity beyond `least` records.
    #[track_caller]
    pub(crate) fn shrink_to(&self, least: usize) {
        let count = self.count();
        let each = capacity_per_shard(least, count);
        self.each().for_each(|mut shard| shard.shrink_to(each));
    }

    #[track_caller]
    pub(crate) fn capacity(&self) -> usize {
        self.each().map(|shard| shard.capacity()).sum()
    }
}

/// The whole container.
impl<F: Flavor, R: Record<F>> Shards<F, R> {
    #[track_caller]
    pub(crate) fn len(&self) -> usize {
        if !F::IS_SHARED {
            return self.each().map(|shard| shard.len()).sum();
        }
        self.assert_usable();
        // SAFETY: the container, which is borrowed, keeps its shards.
        let len = |shard: NonNull<Shard<F, R>>| unsafe { shard.as_ref() }.len();
        // The first one before the directory: its length after a split comes with the others.
        let first = self.first().map_or(0, len);
        let others = self.directory().unwrap_or_default().iter().skip(1);
        first + others.map(|shard| len(*shard)).sum::<usize>()
    }

    #[track_caller]
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a removal listener.
    #[track_caller]
    pub(crate) fn add_listener(&self, listener: Listener<R::ListenerKey>) {
        if self.first().is_none() {
            self.create();
        }
        let listener = F::strong(listener);
        for mut shard in self.each() {
            let replaced = shard.add_listener(listener.clone());
            drop(shard);
            drop(replaced);
        }
    }

    /// Takes all records out of all shards, and notifies the listeners. Drops nothing: a panic
    /// cannot interrupt it halfway.
    #[track_caller]
    pub(crate) fn remove_all(&self, cause: RemovalCause) -> Vec<Removed<F, R>> {
        // Listeners are notified also if locking a shard panics.
        let mut all = NotifyOnDrop(Vec::new());
        self.each().for_each(|mut shard| all.0.extend(shard.remove_all(cause)));
        all.notified()
    }

    /// Like [`remove_all`](Self::remove_all), but the caller has the container to itself. So
    /// iterations that have not ended are forgotten ones, and all records can leave their tables.
    #[track_caller]
    pub(crate) fn remove_all_mut(&mut self) -> Vec<Removed<F, R>> {
        let mut all = NotifyOnDrop(Vec::new());
        self.each().for_each(|mut shard| all.0.extend(shard.unpin_all()));
        self.each().for_each(|mut shard| all.0.extend(shard.remove_all(RemovalCause::Removed)));
        all.notified()
    }

    /// Removes all records, and those that listeners and drops of removed entries insert meanwhile.
    ///
    /// If a drop panics, the other drops run all the same. The first panic is resumed at the end;
    /// those of later drops go to the unraisable hook.
    #[track_caller]
    pub(crate) fn clear(&self) {
        let clearing = Clearing::begin(self.address());
        let mut panic = FirstPanic::default();
        loop {
            for removed in self.remove_all(RemovalCause::Cleared) {
                panic.drop::<R::DropGlue>(removed);
            }
            // In `Local`, all records that are there were inserted by this thread.
            let again = if F::IS_SHARED { clearing.take_inserted() } else { !self.is_empty() };
            if !again {
                break;
            }
        }
        drop(clearing);
        panic.resume();
    }

    /// Removes one living record and returns the result of `f` for it. Discards dead records that
    /// it finds first, and records for which `f` returns `None`.
    #[track_caller]
    pub(crate) fn pop<T>(
        &self,
        mut f: impl FnMut(RemovedEntry<'_, F, R>) -> Option<T>,
    ) -> Option<T> {
        loop {
            let mut has_discarded = false;
            let mut index = 0;
            while index < self.count() {
                let mut guard = self.lock_index(index)?;
                let removed = guard.locate_any().map(|location| guard.remove_entry_at(location));
                drop(guard);
                let Some(removed) = removed else {
                    index += 1;
                    continue;
                };
                let taken = removed.if_alive().and_then(&mut f);
                if taken.is_some() {
                    return taken;
                }
                has_discarded = true;
            }
            // Listeners of a discarded record may have inserted another one, in any shard.
            if !has_discarded {
                return None;
            }
        }
    }

    /// Takes all records out of all shards, together with their keys, and notifies the listeners.
    /// Neither drops nor clones: a panic cannot interrupt it halfway.
    #[track_caller]
    pub(crate) fn remove_all_entries(&self) -> Vec<RemovedEntry<'_, F, R>> {
        let mut all = NotifyOnDrop(Vec::new());
        self.each().for_each(|mut shard| all.0.extend(shard.remove_all_entries()));
        all.notified()
    }

    /// Removes the record with this hash that `is_match` accepts, without comparing keys.
    #[track_caller]
    pub(crate) fn remove_record(
        &self,
        hash: u32,
        is_match: impl FnMut(&R) -> bool,
    ) -> Option<Removed<F, R>> {
        self.lock(hash)?.remove_record(hash, is_match)
    }
}

impl<F: Flavor, R: Record<F>> Drop for Shards<F, R> {
    fn drop(&mut self) {
        let count = self.count();
        let shards: Vec<_> = (0..count).filter_map(|index| self.shard(index)).collect();
        let close = |&shard: &NonNull<Shard<F, R>>| {
            // SAFETY: the container keeps its shards until they are closed. It is here by `&mut`,
            // so there is no guard; if a death on another thread has the lock, `lock` waits for it.
            let mut guard = unsafe {
                shard.as_ref().lock();
                ShardGuard::new(shard, self.address())
            };
            guard.closed = true;
            // No listener is notified, not even of removals that a forgotten iteration had delayed.
            let listeners = guard.take_listeners();
            let borrowed = guard.unpin_all();
            // Locals are dropped after the result is made: first `guard`, which unlocks the shard,
            // and frees it if no registration is left.
            (guard.remove_all(RemovalCause::Cleared), borrowed, listeners)
        };
        // All shards are closed before a drop of the user's runs, which may panic.
        let _removed: Vec<_> = shards.iter().map(close).collect();
        let directory = self.directory.load(Ordering::Relaxed);
        if !directory.is_null() {
            // SAFETY: the pointer is that of a boxed slice of that length, which `split` leaked.
            // Only `self` refers to it.
            drop(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(directory, count)) });
        }
    }
}
