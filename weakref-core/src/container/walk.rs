//! Visiting the records of a container, with nothing locked while user code runs.
//!
//! A walk goes from shard to shard. It pins the table, so that no record moves, and copies the
//! records of one hash table at a time under the lock. Then it unlocks, and shows them to the
//! visitor: strong pointers to the referents, and the key in place. A record that is in the table
//! during the whole walk is shown once. One that is inserted or removed meanwhile may be shown or
//! not.
//!
//! A walk that is forgotten leaves the table pinned. Removed records then stay in memory, and
//! lookups search one more overflow table each time the table doubles.
#![allow(unsafe_code)]

use std::{marker::PhantomData, ptr::NonNull, vec};

use super::{
    pin::Pin,
    record::Record,
    removal::{RemovalCause, Removed, discard_owners},
    shard::ShardGuard,
    shards::{Each, Shards},
    table::{Location, Table},
    upgraded::Upgraded,
};
use crate::Flavor;

/// A walk over all records.
pub(crate) struct Walk<'a, F: Flavor, R: Record<F>> {
    shards: &'a Shards<F, R>,
    /// Whether the walk removes the dead records that it finds.
    sweeps: bool,
    /// The shards that have not been visited.
    rest: Each<'a, F, R>,
    /// The records that are shown next, all from one hash table.
    stretch: vec::IntoIter<Visit<F, R>>,
    /// The position in the shard that is being shown, if its table is pinned.
    position: Option<Position<'a, F, R>>,
}

struct Position<'a, F: Flavor, R: Record<F>> {
    pin: Pin<'a, F, R>,
    /// The index of the hash table to be copied next.
    next: usize,
    /// The number of hash tables when the table was pinned. Later ones are not shown. So the walk
    /// ends even if its visitor inserts a record at each visit.
    count: usize,
}

struct Visit<F: Flavor, R: Record<F>> {
    key: NonNull<R::Key>,
    hash: u32,
    strong: R::Strong,
}

impl<F: Flavor, R: Record<F>> Visit<F, R> {
    #[inline]
    fn new(record: &R, strong: R::Strong) -> Self {
        Self { key: record.key().into(), hash: record.header().hash(), strong }
    }
}

/// A record that a walk shows.
pub(crate) struct Visited<'w, F: Flavor, R: Record<F>> {
    /// The key in place. Valid only if records lend their keys.
    key: NonNull<R::Key>,
    pub(crate) hash: u32,
    pub(crate) strong: R::Strong,
    walk: PhantomData<&'w R::Key>,
}

impl<'w, F: Flavor, R: Record<F>> Visited<'w, F, R> {
    /// Returns the key.
    pub(crate) fn key(&self) -> &'w R::Key {
        const { assert!(R::LENDS_KEY) }
        // SAFETY: the table was pinned under the lock under which the pointer was made, as
        // `LENDS_KEY`. It stays pinned until the walk continues or is dropped, which the borrow
        // `'w` of the walk prevents. A pinned table whose keys are lent neither moves nor frees a
        // record. The pointer comes from a shared reference, and no `&mut` has been made to the
        // record since: see `Shard::table`.
        unsafe { self.key.as_ref() }
    }
}

impl<'a, F: Flavor, R: Record<F>> Walk<'a, F, R> {
    /// Begins a walk.
    ///
    /// # Panics
    ///
    /// If called by a key's `Eq` during a search in this container.
    #[track_caller]
    pub(crate) fn new(shards: &'a Shards<F, R>) -> Self {
        let rest = shards.each_with_records();
        Self { shards, sweeps: false, rest, stretch: Vec::new().into_iter(), position: None }
    }

    /// Begins a walk that removes the dead records that it finds. They belong to objects whose drop
    /// has not notified this container yet, and to objects that were moved out of their pointers.
    ///
    /// # Panics
    ///
    /// Like [`new`](Self::new).
    #[track_caller]
    pub(crate) fn sweeping(shards: &'a Shards<F, R>) -> Self {
        Self { sweeps: true, ..Self::new(shards) }
    }

    /// Returns the next record.
    #[inline]
    #[track_caller]
    pub(crate) fn next(&mut self) -> Option<Visited<'_, F, R>> {
        loop {
            if let Some(Visit { key, hash, strong }) = self.stretch.next() {
                return Some(Visited { key, hash, strong, walk: PhantomData });
            }
            if self.rest.is_done() && self.position.is_none() || !self.take_stretch() {
                return None;
            }
        }
    }

    /// Calls `f` with each record until it returns false. Returns whether it never did.
    #[inline]
    #[track_caller]
    pub(crate) fn all(mut self, mut f: impl FnMut(&Visited<'_, F, R>) -> bool) -> bool {
        while let Some(visited) = self.next() {
            if !f(&visited) {
                return false;
            }
        }
        true
    }

    /// Copies the next records to be shown; there may be none in this hash table. Returns false at
    /// the end of the walk.
    #[inline(never)]
    #[track_caller]
    fn take_stretch(&mut self) -> bool {
        let mut copied = Copied::new(self.sweeps);
        if let Some(Position { pin, next, count }) = &mut self.position
            && next < count
        {
            let guard = self.shards.lock_shard(pin.shard());
            copied.take(&guard, *next);
            *next += 1;
            self.stretch = copied.finish(guard);
            return true;
        }
        // The shard is done. Unpin it before the next one is locked.
        self.position = None;
        let Some(mut guard) = self.rest.next() else { return false };
        let count = guard.table_count();
        copied.take(&guard, 0);
        if count > 1 || R::LENDS_KEY && !copied.stretch.is_empty() {
            self.position = Some(Position { pin: guard.pin(), next: 1, count });
        }
        self.stretch = copied.finish(guard);
        true
    }
}

/// What a walk collects under one lock.
struct Copied<F: Flavor, R: Record<F>> {
    sweeps: bool,
    /// The records to be shown.
    stretch: Vec<Visit<F, R>>,
    /// The dead records, which are removed before the shard is unlocked.
    dead: Vec<Location>,
    /// Strong pointers to the living referents of dead records, which are dropped after the shard
    /// is unlocked.
    owners: Vec<R::Owners>,
}

impl<F: Flavor, R: Record<F>> Copied<F, R> {
    fn new(sweeps: bool) -> Self {
        Self { sweeps, stretch: Vec::new(), dead: Vec::new(), owners: Vec::new() }
    }

    /// Copies the records of a hash table.
    fn take(&mut self, table: &Table<F, R>, index: usize) {
        let some_are_dead =
            upgrade_table(table, index, &mut self.owners, &mut self.stretch, Visit::new);
        if self.sweeps && some_are_dead {
            let all = table.locations_in(index);
            self.dead = all.filter(|at| table.found(*at).is_dead()).collect();
        }
    }

    /// Removes the dead records, unlocks, and returns the records to be shown.
    #[inline]
    fn finish(self, guard: ShardGuard<'_, F, R>) -> vec::IntoIter<Visit<F, R>> {
        let Self { stretch, dead, owners, .. } = self;
        if !dead.is_empty() || !owners.is_empty() {
            clean_up(dead, owners, guard);
        }
        stretch.into_iter()
    }
}

#[cold]
fn clean_up<F: Flavor, R: Record<F>>(
    dead: Vec<Location>,
    owners: Vec<R::Owners>,
    mut guard: ShardGuard<'_, F, R>,
) {
    let remove = |location| guard.remove_at(location, RemovalCause::Removed);
    let removed: Vec<_> = dead.into_iter().map(remove).collect();
    drop(guard);
    removed.into_iter().for_each(Removed::discard);
    discard_owners::<F, R>(owners);
}

impl<F: Flavor, R: Record<F>> Shards<F, R> {
    /// Collects the results of `f` for each record. `f` is called under the lock, so it must not
    /// run user code.
    #[track_caller]
    pub(crate) fn collect<T>(&self, mut f: impl FnMut(&R) -> Option<T>) -> Vec<T> {
        let mut all = Vec::new();
        for shard in self.each_with_records() {
            all.reserve(shard.len());
            shard.for_each(|record| all.extend(f(record)));
        }
        all
    }

    /// Returns strong pointers to the referents of all living records, shard by shard. No shard
    /// stays locked in between.
    ///
    /// A walk without pins, for visitors that borrow no key.
    #[track_caller]
    pub(crate) fn upgrade_by_shard(&self) -> impl Iterator<Item = Vec<R::Strong>> {
        self.each_with_records().map(|guard| {
            let mut owners = Vec::new();
            let mut all = Vec::new();
            upgrade_shard(&guard, &mut owners, &mut all);
            drop(guard);
            discard_owners::<F, R>(owners);
            all
        })
    }

    /// Collects strong pointers to the referents of all living records.
    #[track_caller]
    pub(crate) fn upgrade_all(&self) -> Vec<R::Strong> {
        let mut owners = Vec::new();
        let mut all = Vec::new();
        for shard in self.each_with_records() {
            upgrade_shard(&shard, &mut owners, &mut all);
        }
        discard_owners::<F, R>(owners);
        all
    }
}

/// Does [`upgrade_table`] for all hash tables of a shard.
#[inline]
fn upgrade_shard<F: Flavor, R: Record<F>>(
    shard: &Table<F, R>,
    owners: &mut Vec<R::Owners>,
    all: &mut Vec<R::Strong>,
) {
    all.reserve(shard.len());
    for index in 0..shard.table_count() {
        upgrade_table(shard, index, owners, all, |_, strong| strong);
    }
}

/// Appends what `make` returns for each record of a hash table whose referents are alive. Puts
/// strong pointers to the living referents of dead records into `owners`. Returns whether there are
/// dead records.
#[inline]
fn upgrade_table<F: Flavor, R: Record<F>, T>(
    table: &Table<F, R>,
    index: usize,
    owners: &mut Vec<R::Owners>,
    all: &mut Vec<T>,
    make: impl Fn(&R, R::Strong) -> T,
) -> bool {
    let Some(records) = table.table(index) else { return false };
    let mut upgraded = Upgraded::new(all, records.len());
    let mut some_are_dead = false;
    table.for_each_in(index, |record| {
        if let Err(made) = upgraded.push(|| Ok(make(record, record.upgrade()?))) {
            some_are_dead = true;
            keep::<F, R>(owners, made);
        }
    });
    some_are_dead
}

#[cold]
fn keep<F: Flavor, R: Record<F>>(owners: &mut Vec<R::Owners>, made: R::Owners) {
    if R::has_owner(&made) {
        owners.push(made);
    }
}
