//! Visiting the records of a container, with nothing locked while user code runs.
//!
//! A walk goes from shard to shard. It pins the table, so that no record moves, and copies a
//! *stretch* of records at a time under the lock. Then it unlocks, and shows them to the visitor:
//! strong pointers to the referents, and the key in place. A record that is in the table during the
//! whole walk is shown once. One that is inserted or removed meanwhile may be shown or not.
//!
//! A walk that is forgotten leaves the table pinned. Removed records then stay in memory, and
//! lookups search one more generation each time the table doubles.
#![allow(unsafe_code)]

use std::{collections::VecDeque, marker::PhantomData, ptr::NonNull};

use super::{
    pin::Pin,
    record::Record,
    removal::{RemovalCause, Removed, discard_owners},
    shard::ShardGuard,
    shards::{Each, Shards},
    table::{Location, Table},
};
use crate::Flavor;

/// The number of records of the largest table that is copied under one lock. This takes about 0.1
/// ms.
const TAKEN_AT_ONCE: usize = 1 << 14;

/// The number of records copied at a time from a larger table.
const STRETCH: usize = 1 << 10;

/// A walk over all records.
pub(crate) struct Walk<'a, F: Flavor, R: Record<F>> {
    shards: &'a Shards<F, R>,
    /// Whether the walk removes the dead records that it finds.
    sweeps: bool,
    /// The shards that have not been visited.
    rest: Each<'a, F, R>,
    /// The records that are shown next, all from one shard.
    stretch: VecDeque<Visit<F, R>>,
    /// The position in the shard that is being shown, if its table is pinned.
    position: Option<Position<'a, F, R>>,
}

struct Position<'a, F: Flavor, R: Record<F>> {
    pin: Pin<'a, F, R>,
    /// The number of generations when the table was pinned. Later ones are not shown. So the walk
    /// ends even if its visitor inserts a record at each visit.
    generations: usize,
    /// The bucket to continue from, or `None` if all records have been copied.
    next: Option<Next>,
}

#[derive(Clone, Copy)]
struct Next {
    generation: usize,
    bucket: usize,
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
        let rest = shards.each();
        Self { shards, sweeps: false, rest, stretch: VecDeque::new(), position: None }
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
            if let Some(Visit { key, hash, strong }) = self.stretch.pop_front() {
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

    /// Copies the next records to be shown; there may be none in this shard. Returns false at the
    /// end of the walk.
    #[inline(never)]
    #[track_caller]
    fn take_stretch(&mut self) -> bool {
        let sweeps = self.sweeps;
        if let Some(Position { pin, generations, next: next @ Some(_) }) = &mut self.position {
            let guard = self.shards.lock_shard(pin.shard());
            let mut aside = Aside::new(sweeps);
            *next = aside.take_stretch(&guard, &mut self.stretch, *generations, next.take());
            aside.finish(guard);
            return true;
        }
        // The shard is done. Unpin it before the next one is locked.
        self.position = None;
        let Some(mut guard) = self.rest.next() else { return false };
        let mut aside = Aside::new(sweeps);
        let generations = guard.generation_count();
        let next = if generations == 1 && guard.len() <= TAKEN_AT_ONCE {
            aside.take_all(&guard, &mut self.stretch);
            None
        } else {
            let first = Next { generation: 0, bucket: 0 };
            aside.take_stretch(&guard, &mut self.stretch, generations, Some(first))
        };
        if next.is_some() || R::LENDS_KEY && !self.stretch.is_empty() {
            let pin = guard.pin();
            self.position = Some(Position { pin, generations, next });
        }
        aside.finish(guard);
        true
    }
}

/// What a walk collects under one lock besides the records to be shown.
struct Aside<F: Flavor, R: Record<F>> {
    sweeps: bool,
    /// The dead records, which are removed before the shard is unlocked.
    dead: Vec<Location>,
    /// Strong pointers to the living referents of dead records, which are dropped after the shard
    /// is unlocked.
    owners: Vec<R::Owners>,
}

impl<F: Flavor, R: Record<F>> Aside<F, R> {
    fn new(sweeps: bool) -> Self {
        Self { sweeps, dead: Vec::new(), owners: Vec::new() }
    }

    /// Copies all records of a table with one generation.
    fn take_all(&mut self, table: &Table<F, R>, stretch: &mut VecDeque<Visit<F, R>>) {
        stretch.reserve_exact(table.len());
        upgrade_each(table, &mut self.owners, |record, strong| {
            stretch.push_back(Visit::new(record, strong));
        });
        if self.sweeps && stretch.len() != table.len() {
            self.dead = table.locations().filter(|at| table.found(*at).is_dead()).collect();
        }
    }

    /// Copies records until the stretch is full, and returns where to continue; or `None` if all
    /// have been copied.
    fn take_stretch(
        &mut self,
        table: &Table<F, R>,
        stretch: &mut VecDeque<Visit<F, R>>,
        generations: usize,
        next: Option<Next>,
    ) -> Option<Next> {
        stretch.reserve(table.len().min(STRETCH));
        let Next { mut generation, mut bucket } = next?;
        while generation < generations {
            let records = table.generation(generation)?;
            for bucket in bucket..records.num_buckets() {
                let location = Location::new(generation, bucket);
                let Some(record) = table.get(location) else { continue };
                if stretch.len() == STRETCH {
                    return Some(Next { generation, bucket });
                }
                match record.upgrade() {
                    Ok(strong) => stretch.push_back(Visit::new(record, strong)),
                    Err(owners) => {
                        keep::<F, R>(&mut self.owners, owners);
                        if self.sweeps && record.is_dead() {
                            self.dead.push(location);
                        }
                    }
                }
            }
            generation += 1;
            bucket = 0;
        }
        None
    }

    /// Removes the dead records, and unlocks.
    #[inline]
    fn finish(self, guard: ShardGuard<'_, F, R>) {
        if self.dead.is_empty() && self.owners.is_empty() {
            return;
        }
        self.clean_up(guard);
    }

    #[cold]
    fn clean_up(self, mut guard: ShardGuard<'_, F, R>) {
        let Self { dead, owners, .. } = self;
        let remove = |location| guard.remove_at(location, RemovalCause::Removed);
        let removed: Vec<_> = dead.into_iter().map(remove).collect();
        drop(guard);
        removed.into_iter().for_each(Removed::discard);
        discard_owners::<F, R>(owners);
    }
}

impl<F: Flavor, R: Record<F>> Shards<F, R> {
    /// Collects the results of `f` for each record. `f` is called under the lock, so it must not
    /// run user code.
    #[track_caller]
    pub(crate) fn collect<T>(&self, mut f: impl FnMut(&R) -> Option<T>) -> Vec<T> {
        let mut all = Vec::new();
        for shard in self.each() {
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
        self.each().map(|guard| {
            let mut owners = Vec::new();
            let mut all = Vec::with_capacity(guard.len());
            upgrade_each(&guard, &mut owners, |_, strong| all.push(strong));
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
        for shard in self.each() {
            all.reserve(shard.len());
            upgrade_each(&shard, &mut owners, |_, strong| all.push(strong));
        }
        discard_owners::<F, R>(owners);
        all
    }
}

/// Calls `each` with each living record, and strong pointers to its referents. Puts strong pointers
/// to the living referents of dead records into `owners`.
#[inline]
fn upgrade_each<F: Flavor, R: Record<F>>(
    table: &Table<F, R>,
    owners: &mut Vec<R::Owners>,
    mut each: impl FnMut(&R, R::Strong),
) {
    table.for_each(|record| match record.upgrade() {
        Ok(strong) => each(record, strong),
        Err(made) => keep::<F, R>(owners, made),
    });
}

#[cold]
fn keep<F: Flavor, R: Record<F>>(owners: &mut Vec<R::Owners>, made: R::Owners) {
    if R::has_owner(&made) {
        owners.push(made);
    }
}
