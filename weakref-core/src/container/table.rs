//! The table of one shard.
//!
//! Its records are in the segments of a hash table (`segments.rs`); a small one has one segment.
//!
//! An iteration lends keys in place to user code, with nothing locked. For that time it *pins* the
//! table: no record moves, and a record that is removed stays in the table, marked, until the last
//! iteration unpins it. If there is no room for an insertion meanwhile, the record goes into an
//! *overflow table*. When the table is unpinned, the records of these are moved to their segments.
//! A lookup in a pinned table searches the segment for the hash and all overflow tables; nearly
//! always there are none.
//!
//! While the table is pinned, its records are reached by shared references only: a `&mut` to a
//! record would invalidate the `&Key` of a visitor.

use std::mem;

use hashbrown::{HashTable, hash_table};

use super::{
    flights::Flights,
    record::{Record, expand_hash, hash_of},
    removal::{Listener, Listeners, Notice, RemovalCause, Removed},
    segments::Segments,
};
use crate::{
    Flavor,
    error::TryReserveError,
    observer::{Event, Header},
    sync::deadlock::while_holding,
};

/// Which part of an existing entry an insertion under an equal key keeps. A dead entry keeps
/// nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All of it: nothing is inserted.
    Entry,
    /// The key, as in Python and in std.
    First,
    /// Nothing.
    New,
}

/// The location of a record. Valid until the table is unlocked, or, if it is pinned, until it is
/// unpinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Location {
    /// The index of the hash table: the segments come first, then the overflow tables.
    table: usize,
    bucket: usize,
}

impl Location {
    pub(super) fn new(table: usize, bucket: usize) -> Self {
        Self { table, bucket }
    }
}

/// The table of one shard, guarded by the lock of the shard.
pub(crate) struct Table<F: Flavor, R: Record<F>> {
    /// The records, but for those in the overflow tables.
    segments: Segments<F, R>,
    /// The number of records, without those that are marked.
    len: usize,
    /// The number of iterations that have not ended, forgotten ones included.
    pins: usize,
    /// The number of registrations of this shard that are in slots or being notified. The shard
    /// lives until it is 0.
    registrations: usize,
    /// The capacity that the user has reserved. An empty table keeps it.
    reserved: usize,
    /// How often a thread had to wait for the lock since the last attempt to split the container.
    pub(super) waits: u32,
    /// The number of records below which the container is not split: 0 until an attempt has failed.
    pub(super) split_after: usize,
    /// Whether the container has been dropped.
    pub(super) closed: bool,
    /// State that most shards never allocate.
    extra: Option<Box<Extra<F, R>>>,
}

/// State that most shards never allocate.
pub(super) struct Extra<F: Flavor, R: Record<F>> {
    /// The overflow tables, from the oldest on. Empty unless the table is pinned.
    overflow: Vec<HashTable<R>>,
    /// The records that were removed while an iteration may borrow their keys. Empty unless the
    /// table is pinned.
    marked: Vec<Marked<F, R>>,
    /// The removal listeners, if there are any.
    listeners: Option<Listeners<F, R::ListenerKey>>,
    /// The factories that are running.
    flights: Flights<F, R>,
    /// The location at which `locate_any` begins to search.
    cursor: Location,
    /// Whether a segment has become empty while the table was pinned.
    was_emptied: bool,
}

/// A record that has left the container, but stays in its table until that is unpinned.
struct Marked<F: Flavor, R: Record<F>> {
    location: Location,
    notice: Option<Notice<F, R::ListenerKey>>,
}

/// The result of a search: a record, or the room for one.
pub(crate) enum Found<'a, R> {
    Occupied(Location),
    Vacant(Vacant<'a, R>),
}

/// The room for a record.
pub(crate) struct Vacant<'a, R> {
    entry: hash_table::VacantEntry<'a, R>,
    /// The number of records of the table.
    len: &'a mut usize,
}

impl<R> Vacant<'_, R> {
    #[inline]
    pub(crate) fn insert(self, record: R) {
        self.entry.insert(record);
        *self.len += 1;
    }
}

/// Returns whether a record has this hash and a key that `eq` accepts. Calls `eq` last, because it
/// is user code. While it runs, this thread is recorded as holding `lock_id`.
#[inline]
fn key_matches<F: Flavor, R: Record<F>>(
    hash: u32,
    lock_id: usize,
    mut eq: impl FnMut(&R::Key) -> bool,
) -> impl FnMut(&R) -> bool {
    move |record| {
        record.header().has_hash(hash) && run_user_code::<F, _>(lock_id, || eq(record.key()))
    }
}

/// Runs `f`, which contains user code, while the table with this id is locked.
#[inline]
pub(super) fn run_user_code<F: Flavor, R>(lock_id: usize, f: impl FnOnce() -> R) -> R {
    if F::IS_SHARED { while_holding(lock_id, f) } else { f() }
}

/// Returns a hash table of a pinned table that has room for a record with this expanded hash: its
/// segment, or the newest overflow table.
fn table_with_room<'a, F: Flavor, R: Record<F>>(
    segments: &'a mut Segments<F, R>,
    extra: &'a mut Option<Box<Extra<F, R>>>,
    hash: u64,
) -> &'a mut HashTable<R> {
    let has_room = |table: &HashTable<R>| table.len() < table.capacity();
    let segment = segments.segment_mut(hash).1;
    if has_room(segment) {
        return segment;
    }
    let overflow = &mut extra.get_or_insert_default().overflow;
    if !overflow.last().is_some_and(has_room) {
        let full = overflow.last().unwrap_or(segment);
        overflow.push(HashTable::with_capacity(2 * full.len()));
    }
    let newest = overflow.len() - 1;
    &mut overflow[newest]
}

impl<F: Flavor, R: Record<F>> Default for Table<F, R> {
    fn default() -> Self {
        Self {
            segments: Segments::default(),
            len: 0,
            pins: 0,
            registrations: 0,
            reserved: 0,
            waits: 0,
            split_after: 0,
            closed: false,
            extra: None,
        }
    }
}

impl<F: Flavor, R: Record<F>> Default for Extra<F, R> {
    fn default() -> Self {
        Self {
            overflow: Vec::new(),
            marked: Vec::new(),
            listeners: None,
            flights: Flights::default(),
            cursor: Location::new(0, 0),
            was_emptied: false,
        }
    }
}

/// Lookups.
impl<F: Flavor, R: Record<F>> Table<F, R> {
    /// Returns the id of the lock for deadlock detection: the address of the table.
    #[inline]
    pub(super) fn lock_id(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    #[inline]
    fn extra(&self) -> Option<&Extra<F, R>> {
        self.extra.as_deref()
    }

    pub(super) fn extra_mut(&mut self) -> &mut Extra<F, R> {
        self.extra.get_or_insert_default()
    }

    fn overflow(&self) -> &[HashTable<R>] {
        self.extra().map_or(&[], |extra| &extra.overflow)
    }

    /// Returns all hash tables, in the order of their indices.
    fn tables(&self) -> impl Iterator<Item = &HashTable<R>> {
        self.segments.all().iter().chain(self.overflow())
    }

    /// Returns the number of hash tables. It does not decrease while the table is pinned.
    pub(super) fn table_count(&self) -> usize {
        self.segments.count() + self.overflow().len()
    }

    /// Returns a hash table by its index.
    #[inline]
    pub(super) fn table(&self, index: usize) -> Option<&HashTable<R>> {
        let segments = self.segments.all();
        segments.get(index).or_else(|| self.overflow().get(index - segments.len()))
    }

    #[inline]
    fn table_mut(&mut self, index: usize) -> Option<&mut HashTable<R>> {
        let Self { segments, extra, .. } = self;
        let segments = segments.all_mut();
        let count = segments.len();
        segments.get_mut(index).or_else(|| extra.as_mut()?.overflow.get_mut(index - count))
    }

    /// Returns the tables in which a pinned table can have a hash, with their indices.
    fn tables_for(&self, hash: u64) -> impl Iterator<Item = (usize, &HashTable<R>)> {
        let first = self.segments.count();
        let overflow = self.overflow().iter().enumerate();
        let overflow = overflow.map(move |(index, table)| (first + index, table));
        [self.segments.segment(hash)].into_iter().chain(overflow)
    }

    /// Finds the record whose key `eq` accepts. The user's `Eq` runs here.
    #[inline]
    pub(crate) fn find(&self, hash: u32, eq: impl FnMut(&R::Key) -> bool) -> Option<&R> {
        let is_match = key_matches::<F, R>(hash, self.lock_id(), eq);
        if self.pins != 0 {
            return self.find_pinned(hash, is_match);
        }
        let hash = expand_hash(hash);
        self.segments.segment(hash).1.find(hash, is_match)
    }

    #[cold]
    #[inline(never)]
    fn find_pinned(&self, hash: u32, mut is_match: impl FnMut(&R) -> bool) -> Option<&R> {
        let hash = expand_hash(hash);
        self.tables_for(hash).find_map(|(_, table)| table.find(hash, &mut is_match))
    }

    /// Returns the location of the record whose key `eq` accepts. The user's `Eq` runs here.
    #[inline]
    pub(crate) fn locate_key(
        &self,
        hash: u32,
        eq: impl FnMut(&R::Key) -> bool,
    ) -> Option<Location> {
        self.locate(hash, key_matches::<F, R>(hash, self.lock_id(), eq))
    }

    #[inline]
    fn locate(&self, hash: u32, is_match: impl FnMut(&R) -> bool) -> Option<Location> {
        if self.pins != 0 {
            return self.locate_pinned(hash, is_match);
        }
        let hash = expand_hash(hash);
        let (table, segment) = self.segments.segment(hash);
        Some(Location { table, bucket: segment.find_bucket_index(hash, is_match)? })
    }

    #[cold]
    #[inline(never)]
    fn locate_pinned(&self, hash: u32, mut is_match: impl FnMut(&R) -> bool) -> Option<Location> {
        let hash = expand_hash(hash);
        self.tables_for(hash).find_map(|(index, table)| {
            let bucket = table.find_bucket_index(hash, &mut is_match)?;
            Some(Location { table: index, bucket })
        })
    }

    /// Finds the record whose key `eq` accepts, or the room for it. Also returns the number of
    /// registrations, for a new record. The user's `Eq` runs here.
    #[inline]
    pub(super) fn search(
        &mut self,
        hash: u32,
        eq: impl FnMut(&R::Key) -> bool,
    ) -> (Found<'_, R>, &mut usize) {
        let is_match = key_matches::<F, R>(hash, self.lock_id(), eq);
        if self.pins != 0 {
            return self.search_pinned(hash, is_match);
        }
        let Self { segments, len, registrations, .. } = self;
        let found = match segments.entry(expand_hash(hash), is_match, *len) {
            (table, hash_table::Entry::Occupied(entry)) => {
                Found::Occupied(Location { table, bucket: entry.bucket_index() })
            }
            (_, hash_table::Entry::Vacant(entry)) => Found::Vacant(Vacant { entry, len }),
        };
        (found, registrations)
    }

    /// Like [`search`](Self::search), but moves no record.
    #[cold]
    #[inline(never)]
    fn search_pinned(
        &mut self,
        hash: u32,
        is_match: impl FnMut(&R) -> bool,
    ) -> (Found<'_, R>, &mut usize) {
        if let Some(location) = self.locate_pinned(hash, is_match) {
            return (Found::Occupied(location), &mut self.registrations);
        }
        let hash = expand_hash(hash);
        let Self { segments, extra, len, registrations, .. } = self;
        let table = table_with_room(segments, extra, hash);
        match table.entry(hash, |_| false, hash_of::<F, R>) {
            hash_table::Entry::Vacant(entry) => {
                (Found::Vacant(Vacant { entry, len }), registrations)
            }
            hash_table::Entry::Occupied(_) => unreachable!("no record is accepted"),
        }
    }

    /// Returns the record at a location, unless it has been removed.
    #[inline]
    pub(super) fn get(&self, Location { table, bucket }: Location) -> Option<&R> {
        Self::record_in(self.table(table)?, bucket)
    }

    /// Returns the record in a bucket of a hash table, unless it has left the container.
    #[inline]
    fn record_in(table: &HashTable<R>, bucket: usize) -> Option<&R> {
        table.get_bucket(bucket).filter(|record| !record.header().is_removed())
    }

    /// Returns the record at a location that a search has just found.
    #[inline]
    pub(crate) fn found(&self, location: Location) -> &R {
        self.get(location).expect("it was found under this lock")
    }

    /// Like [`found`](Self::found), but returns a mutable reference. Does not compile for records
    /// that lend their key.
    pub(crate) fn found_mut(&mut self, Location { table, bucket }: Location) -> &mut R {
        const { assert!(!R::LENDS_KEY) }
        self.table_mut(table)
            .and_then(|table| table.get_bucket_mut(bucket))
            .expect("it was found under this lock")
    }

    /// Calls `f` with each record of a hash table, dead ones among them.
    #[inline]
    pub(super) fn for_each_in(&self, index: usize, f: impl FnMut(&R)) {
        let Some(table) = self.table(index) else { return };
        if self.pins == 0 {
            table.iter().for_each(f);
        } else {
            table.iter().filter(|record| !record.header().is_removed()).for_each(f);
        }
    }

    /// Calls `f` with each record, dead ones among them.
    #[inline]
    pub(crate) fn for_each(&self, mut f: impl FnMut(&R)) {
        (0..self.table_count()).for_each(|index| self.for_each_in(index, &mut f));
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn capacity(&self) -> usize {
        let overflow: usize = self.overflow().iter().map(HashTable::capacity).sum();
        (self.segments.capacity() + overflow).max(self.len)
    }

    /// Returns the locations of all records of a hash table.
    pub(super) fn locations_in(&self, index: usize) -> impl Iterator<Item = Location> {
        let buckets = self.table(index).into_iter().flat_map(HashTable::iter_buckets);
        let all = buckets.map(move |bucket| Location { table: index, bucket });
        all.filter(|location| self.get(*location).is_some())
    }

    /// Returns the location of the first record of a hash table from `bucket` on.
    fn next_in(&self, index: usize, bucket: usize) -> Option<Location> {
        let table = self.table(index)?;
        let mut buckets = bucket..table.num_buckets();
        let bucket = buckets.find(|bucket| Self::record_in(table, *bucket).is_some())?;
        Some(Location { table: index, bucket })
    }

    /// Whether removals have listeners.
    #[inline]
    pub(super) fn has_listeners(&self) -> bool {
        self.extra().is_some_and(|extra| extra.listeners.is_some())
    }

    pub(super) fn listeners(&self) -> Option<Listeners<F, R::ListenerKey>> {
        self.extra()?.listeners.clone()
    }

    pub(super) fn set_listeners(&mut self, listeners: Listeners<F, R::ListenerKey>) {
        self.extra_mut().listeners = Some(listeners);
    }

    pub(super) fn take_listeners(&mut self) -> Option<Listeners<F, R::ListenerKey>> {
        self.extra.as_deref_mut()?.listeners.take()
    }
}

/// Removals.
impl<F: Flavor, R: Record<F>> Table<F, R> {
    /// Removes the record at a location. `owners` makes the strong pointers to the record's
    /// referents.
    #[inline]
    pub(super) fn remove_at(
        &mut self,
        location: Location,
        shard: *const Header,
        cause: RemovalCause,
        owners: impl FnOnce(&R) -> R::Owners,
    ) -> Removed<F, R> {
        if R::LENDS_KEY && self.pins != 0 {
            return self.mark(location, shard, cause, owners);
        }
        let record = self.take_at(location);
        self.len -= 1;
        self.free_if_empty(location.table);
        let owners = owners(&record);
        self.release(record, owners, shard, cause)
    }

    /// Moves the record at a location out of its hash table.
    #[inline]
    fn take_at(&mut self, Location { table, bucket }: Location) -> R {
        let entry = self.table_mut(table).and_then(|table| table.get_bucket_entry(bucket).ok());
        entry.expect("the location is valid").remove().0
    }

    /// Removes the record at a location from the container, but leaves it in the table, as its key
    /// may be borrowed.
    #[cold]
    fn mark(
        &mut self,
        location: Location,
        shard: *const Header,
        cause: RemovalCause,
        owners: impl FnOnce(&R) -> R::Owners,
    ) -> Removed<F, R> {
        let record = self.found(location);
        let owners = owners(record);
        let notice = self.notice(record, cause);
        let unregistered = record.unregister(&owners, shard);
        record.header().mark_removed();
        record.detach();
        let removed = Removed::marked(record, owners);
        self.registrations -= unregistered;
        self.len -= 1;
        self.extra_mut().marked.push(Marked { location, notice });
        removed
    }

    #[inline]
    pub(super) fn unregister(&mut self, record: &R, owners: &R::Owners, shard: *const Header) {
        self.registrations -= record.unregister(owners, shard);
    }

    /// Removes the record whose key `eq` accepts. The user's `Eq` runs here.
    #[inline]
    pub(super) fn remove_key(
        &mut self,
        hash: u32,
        eq: impl FnMut(&R::Key) -> bool,
        shard: *const Header,
        cause: RemovalCause,
    ) -> Option<Removed<F, R>> {
        let location = self.locate_key(hash, eq)?;
        Some(self.remove_at(location, shard, cause, R::owners))
    }

    /// Removes the record with this hash that `is_match` accepts, without comparing keys.
    #[inline]
    pub(super) fn remove_record(
        &mut self,
        hash: u32,
        mut is_match: impl FnMut(&R) -> bool,
        shard: *const Header,
        cause: RemovalCause,
        owners: impl FnOnce(&R) -> R::Owners,
    ) -> Option<Removed<F, R>> {
        let is_match = |record: &R| record.header().has_hash(hash) && is_match(record);
        let location = self.locate(hash, is_match)?;
        Some(self.remove_at(location, shard, cause, owners))
    }

    /// Returns the location of any record. The search begins where the last one ended, so that
    /// removing all records one by one takes linear time.
    pub(super) fn locate_any(&mut self) -> Option<Location> {
        if self.len() == 0 {
            return None;
        }
        let Location { table: start, bucket } =
            self.extra().map_or(Location::new(0, 0), |extra| extra.cursor);
        let location = self
            .next_in(start, bucket)
            .or_else(|| (start + 1..self.table_count()).find_map(|index| self.next_in(index, 0)))
            .or_else(|| (0..=start).find_map(|index| self.next_in(index, 0)))?;
        self.extra_mut().cursor = location;
        Some(location)
    }

    /// Removes all records.
    pub(super) fn remove_all(
        &mut self,
        shard: *const Header,
        cause: RemovalCause,
    ) -> Vec<Removed<F, R>> {
        if self.pins != 0 {
            return self.remove_all_pinned(shard, cause);
        }
        let mut segments = mem::take(&mut self.segments);
        self.len = 0;
        let all = segments.all_mut().iter_mut().flat_map(HashTable::drain).map(|record| {
            let owners = record.owners();
            self.release(record, owners, shard, cause)
        });
        let all = all.collect();
        if !self.closed {
            self.segments = segments;
            self.segments.free(self.reserved);
        }
        all
    }

    #[cold]
    fn remove_all_pinned(
        &mut self,
        shard: *const Header,
        cause: RemovalCause,
    ) -> Vec<Removed<F, R>> {
        let tables = 0..self.table_count();
        let locations: Vec<_> = tables.flat_map(|index| self.locations_in(index)).collect();
        let remove = |location| self.remove_at(location, shard, cause, R::owners);
        locations.into_iter().map(remove).collect()
    }

    /// Removes the record of an object that has died. Runs no user code: finds the record by its
    /// hash, and by the address of the object, if it is known and the object has not moved; or else
    /// by `is_dead`. A record inserted later is alive.
    ///
    /// Two records with equal hashes can be dead at a time: a callback of the first object may drop
    /// the second one.
    #[inline]
    pub(super) fn take_dead(&mut self, hash: u32, object: *const ()) -> Option<R> {
        debug_assert!(self.pins == 0, "a pinned table lets no record go");
        let hashed = expand_hash(hash);
        // A living object can be at this address, if the dead one was moved into it.
        let is_object = |record: &R| {
            record.header().has_hash(hash) && record.refers_to(object) && record.is_dead()
        };
        let found = self.segments.take(hashed, is_object).or_else(|| {
            let is_dead = |record: &R| record.header().has_hash(hash) && record.is_dead();
            self.segments.take(hashed, is_dead)
        });
        let (segment, record) = found?;
        self.len -= 1;
        self.free_if_empty(segment);
        Some(record)
    }

    /// Handles the notification of a registration: removes its record.
    #[cold]
    pub(super) fn notified(
        &mut self,
        hash: u32,
        event: Event,
        shard: *const Header,
    ) -> Option<Removed<F, R>> {
        self.registrations -= 1;
        let died = RemovalCause::Died;
        match event {
            Event::Died(object) => {
                // A living object can be at this address, if the dead one was moved into it.
                let is_object = |record: &R| record.refers_to(object) && record.is_dead();
                // Of two records with equal keys and this value, the older one is dead by its key,
                // and the newer one is notified first.
                let is_newest = |record: &R| is_object(record) && !record.is_dead_besides(object);
                self.remove_record(hash, is_newest, shard, died, R::survivors)
                    .or_else(|| self.remove_record(hash, is_object, shard, died, R::survivors))
                    .or_else(|| self.remove_record(hash, R::is_dead, shard, died, R::survivors))
            }
            Event::Cleared(referent) => {
                // The registration in that referent's slot has ended. If one with the same place
                // and token is there, it belongs to a newer record and must stay.
                let others = |record: &R| record.owners_except(referent);
                let refers = |record: &R| record.refers_to(referent);
                let found = self.remove_record(hash, refers, shard, died, others);
                // Otherwise the object has moved since it was registered. The record refers to its
                // old allocation, and is dead.
                found.or_else(|| self.remove_record(hash, R::is_dead, shard, died, others))
            }
        }
    }

    /// Decrements the number of registrations, for one that has been notified.
    #[inline]
    pub(super) fn count_notified(&mut self) {
        self.registrations -= 1;
    }

    /// The flights of the shard.
    pub(super) fn flights_mut(&mut self) -> &mut Flights<F, R> {
        &mut self.extra_mut().flights
    }

    /// Whether nothing can reach the shard any more: neither the container nor a slot.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        self.closed && self.registrations == 0
    }
}

/// Removal listeners.
impl<F: Flavor, R: Record<F>> Table<F, R> {
    /// Makes a removal of a record that has left the table, with the strong pointers to its
    /// referents. Takes its registrations out of their slots.
    #[inline]
    pub(crate) fn release(
        &mut self,
        record: R,
        owners: R::Owners,
        shard: *const Header,
        cause: RemovalCause,
    ) -> Removed<F, R> {
        self.unregister(&record, &owners, shard);
        let notice = self.notice(&record, cause);
        Removed::moved(record, owners, notice)
    }

    /// Returns the listeners and the cause to report for a record that leaves.
    #[inline]
    pub(super) fn notice(
        &self,
        record: &R,
        cause: RemovalCause,
    ) -> Option<Notice<F, R::ListenerKey>> {
        let listeners = self.extra()?.listeners.clone()?;
        // A dead record is reported as `Died`, whichever operation removes it.
        let cause = if record.is_dead() { RemovalCause::Died } else { cause };
        Some((listeners, cause))
    }

    /// Adds a listener. Returns the previous list, to be dropped after the shard is unlocked.
    pub(super) fn add_listener(
        &mut self,
        listener: F::Strong<Listener<R::ListenerKey>>,
    ) -> Option<Listeners<F, R::ListenerKey>> {
        let listeners = &mut self.extra_mut().listeners;
        let mut all = listeners.as_deref().cloned().unwrap_or_default();
        all.push(listener);
        listeners.replace(F::strong(all))
    }
}

/// Pins.
impl<F: Flavor, R: Record<F>> Table<F, R> {
    #[inline]
    pub(super) fn is_pinned(&self) -> bool {
        self.pins != 0
    }

    pub(super) fn count_pin(&mut self) {
        self.pins += 1;
    }

    /// Ends an iteration. The last one returns the removals that were delayed.
    pub(super) fn unpin(&mut self) -> Vec<Removed<F, R>> {
        self.pins -= 1;
        if self.pins == 0 { self.settle() } else { Vec::new() }
    }

    /// Ends all iterations. The caller has the container to itself, so the iterations left are
    /// forgotten ones.
    pub(super) fn unpin_all(&mut self) -> Vec<Removed<F, R>> {
        if mem::take(&mut self.pins) != 0 { self.settle() } else { Vec::new() }
    }

    /// Takes the marked records out, moves the records of the overflow tables to their segments,
    /// and frees what removals could not free while the table was pinned.
    fn settle(&mut self) -> Vec<Removed<F, R>> {
        let Some(extra) = self.extra.as_deref_mut() else { return Vec::new() };
        let marked = mem::take(&mut extra.marked);
        let was_emptied = mem::take(&mut extra.was_emptied) || !marked.is_empty();
        let mut removed = Vec::with_capacity(marked.len());
        for Marked { location, notice } in marked {
            let record = self.take_at(location);
            let owners = record.survivors();
            removed.push(Removed::moved(record, owners, notice));
        }
        let overflow = mem::take(&mut self.extra_mut().overflow);
        if !overflow.is_empty() && self.reserved > self.len && !self.closed {
            // If there is no memory any more, the insertions below allocate it.
            _ = self.segments.try_reserve(self.reserved);
        }
        for record in overflow.into_iter().flatten() {
            self.segments.insert(record, self.len);
        }
        if was_emptied {
            (0..self.segments.count()).for_each(|index| self.free_if_empty(index));
        }
        removed
    }
}

/// Capacity.
impl<F: Flavor, R: Record<F>> Table<F, R> {
    /// Frees memory if a hash table has become empty.
    #[inline]
    fn free_if_empty(&mut self, index: usize) {
        if self.len == 0 || self.segments.is_empty_part(index) {
            self.free(index);
        }
    }

    #[cold]
    fn free(&mut self, index: usize) {
        if self.pins != 0 {
            self.extra_mut().was_emptied = true;
        } else if self.len == 0 {
            self.segments.free(self.reserved);
        } else if self.reserved == 0 {
            self.segments.free_part(index);
        }
    }

    /// Inserts a record whose key is not in the table.
    pub(super) fn insert(&mut self, record: R) {
        if self.pins == 0 {
            self.segments.insert(record, self.len);
        } else {
            let hash = hash_of(&record);
            let table = table_with_room(&mut self.segments, &mut self.extra, hash);
            table.insert_unique(hash, record, hash_of::<F, R>);
        }
        self.len += 1;
    }

    pub(super) fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        let least = self.len.saturating_add(additional);
        let result = if self.pins == 0 {
            self.segments.try_reserve(least)
        } else {
            self.try_reserve_pinned(additional)
        };
        result.map_err(|error| TryReserveError::new(&error))?;
        self.reserved = self.reserved.max(least);
        Ok(())
    }

    #[cold]
    fn try_reserve_pinned(&mut self, additional: usize) -> Result<(), hashbrown::TryReserveError> {
        let newest = self.overflow().last();
        let room = newest.map_or(0, |newest| newest.capacity() - newest.len());
        if room < additional {
            // At least twice as large as the newest one, so that there are few.
            let twice = newest.map_or(0, |newest| 2 * newest.len());
            let mut table = HashTable::new();
            table.try_reserve(additional.max(twice), hash_of::<F, R>)?;
            self.extra_mut().overflow.push(table);
        }
        Ok(())
    }

    /// Shrinks the capacity to `least` records, or to the number of records if that is greater, and
    /// lowers the reserved capacity to `least`. A pinned table keeps its memory for now.
    pub(super) fn shrink_to(&mut self, least: usize) {
        self.reserved = self.reserved.min(least);
        if self.pins == 0 {
            self.segments.shrink_to(least, self.len);
        }
    }

    /// Whether all records can be moved to other tables: no iteration or flight depends on their
    /// location, and no referent is dead, so every slot can be reached.
    pub(super) fn is_movable(&self) -> bool {
        self.pins == 0
            && self.extra().is_none_or(|extra| extra.flights.is_empty())
            && !self.tables().flatten().any(R::is_dead)
    }

    /// Removes the records that `moves` accepts and returns them, without unregistering them.
    pub(super) fn split_off(&mut self, mut moves: impl FnMut(&R) -> bool) -> Vec<R> {
        let mut all = Vec::new();
        for segment in self.segments.all_mut() {
            all.extend(segment.extract_if(|record| moves(record)));
        }
        self.len -= all.len();
        all
    }

    #[inline]
    pub(super) fn registrations_mut(&mut self) -> &mut usize {
        &mut self.registrations
    }

    pub(super) fn reserved(&self) -> usize {
        self.reserved
    }

    pub(super) fn set_reserved(&mut self, reserved: usize) {
        self.reserved = reserved;
    }
}
