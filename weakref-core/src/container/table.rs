//! The table of one shard.
//!
//! An iteration lends keys in place to user code, with nothing locked. For that time it *pins* the
//! table: no record moves, and a record that is removed stays in the table, marked, until the last
//! iteration unpins it. If there is no room for an insertion meanwhile, it begins a new
//! *generation*, another hash table. The older generations are merged into the newest one when the
//! table is unpinned. A lookup searches all generations; nearly always there is one.
//!
//! While the table is pinned, its records are reached by shared references only: a `&mut` to a
//! record would invalidate the `&Key` of a visitor.

use hashbrown::{HashTable, hash_table};

use super::{
    flights::Flights,
    record::{Record, expand_hash},
    removal::{Listener, Listeners, Notice, RemovalCause, Removed},
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

/// A table keeps a capacity up to this when its last record leaves.
const KEPT_CAPACITY: usize = 64;

/// The location of a record. Valid until the table is unlocked, or, if it is pinned, until it is
/// unpinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Location {
    /// The index of the generation, from the oldest on.
    generation: usize,
    bucket: usize,
}

impl Location {
    pub(super) fn new(generation: usize, bucket: usize) -> Self {
        Self { generation, bucket }
    }
}

/// The table of one shard, guarded by the lock of the shard.
pub(crate) struct Table<F: Flavor, R: Record<F>> {
    /// The newest generation: the only one unless the table is pinned.
    records: HashTable<R>,
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
    /// The generations before `records`. Empty unless the table is pinned.
    older: Vec<HashTable<R>>,
    /// The records that were removed while an iteration may borrow their keys. Empty unless the
    /// table is pinned.
    marked: Vec<Marked<F, R>>,
    /// The removal listeners, if there are any.
    listeners: Option<Listeners<F, R::ListenerKey>>,
    /// The factories that are running.
    flights: Flights<F, R>,
    /// The bucket at which `locate_any` begins to search.
    cursor: usize,
}

/// A record that has left the container, but stays in its table until that is unpinned.
struct Marked<F: Flavor, R: Record<F>> {
    location: Location,
    notice: Option<Notice<F, R::ListenerKey>>,
}

/// The result of a search: a record, or the room for one.
pub(crate) enum Found<'a, R> {
    Occupied(Location),
    Vacant(hash_table::VacantEntry<'a, R>),
}

#[inline]
fn hash_of<F: Flavor, R: Record<F>>(record: &R) -> u64 {
    expand_hash(record.header().hash())
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

impl<F: Flavor, R: Record<F>> Default for Table<F, R> {
    fn default() -> Self {
        Self {
            records: HashTable::new(),
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
            older: Vec::new(),
            marked: Vec::new(),
            listeners: None,
            flights: Flights::default(),
            cursor: 0,
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

    fn generations(&self) -> impl Iterator<Item = &HashTable<R>> {
        let older = self.extra().map_or(&[][..], |extra| &extra.older);
        older.iter().chain([&self.records])
    }

    fn generations_mut(&mut self) -> impl Iterator<Item = &mut HashTable<R>> {
        let older = self.extra.as_deref_mut().map_or(&mut [][..], |extra| &mut extra.older);
        older.iter_mut().chain([&mut self.records])
    }

    /// Returns a generation. A table that is not pinned has one.
    #[inline]
    pub(super) fn generation(&self, generation: usize) -> Option<&HashTable<R>> {
        if self.pins == 0 { Some(&self.records) } else { self.generations().nth(generation) }
    }

    /// Finds the record whose key `eq` accepts. The user's `Eq` runs here.
    #[inline]
    pub(crate) fn find(&self, hash: u32, eq: impl FnMut(&R::Key) -> bool) -> Option<&R> {
        let is_match = key_matches::<F, R>(hash, self.lock_id(), eq);
        if self.pins != 0 {
            return self.find_pinned(hash, is_match);
        }
        self.records.find(expand_hash(hash), is_match)
    }

    #[cold]
    #[inline(never)]
    fn find_pinned(&self, hash: u32, mut is_match: impl FnMut(&R) -> bool) -> Option<&R> {
        self.generations().find_map(|table| table.find(expand_hash(hash), &mut is_match))
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
        let bucket = self.records.find_bucket_index(expand_hash(hash), is_match)?;
        Some(Location { generation: 0, bucket })
    }

    #[cold]
    #[inline(never)]
    fn locate_pinned(&self, hash: u32, mut is_match: impl FnMut(&R) -> bool) -> Option<Location> {
        self.generations().enumerate().find_map(|(generation, table)| {
            let bucket = table.find_bucket_index(expand_hash(hash), &mut is_match)?;
            Some(Location { generation, bucket })
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
        let Self { records, registrations, .. } = self;
        let found = match records.entry(expand_hash(hash), is_match, hash_of::<F, R>) {
            hash_table::Entry::Occupied(entry) => {
                Found::Occupied(Location { generation: 0, bucket: entry.bucket_index() })
            }
            hash_table::Entry::Vacant(entry) => Found::Vacant(entry),
        };
        (found, registrations)
    }

    /// Like [`search`](Self::search), but makes sure that there is room without moving other
    /// records.
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
        self.make_room(1);
        let Self { records, registrations, .. } = self;
        match records.entry(expand_hash(hash), |_| false, hash_of::<F, R>) {
            hash_table::Entry::Vacant(entry) => (Found::Vacant(entry), registrations),
            hash_table::Entry::Occupied(_) => unreachable!("no record is accepted"),
        }
    }

    /// Returns the record at a location, unless it has been removed.
    #[inline]
    pub(super) fn get(&self, Location { generation, bucket }: Location) -> Option<&R> {
        Self::record_in(self.generation(generation)?, bucket)
    }

    /// Returns the record in a bucket of a generation, unless it has left the container.
    #[inline]
    pub(super) fn record_in(generation: &HashTable<R>, bucket: usize) -> Option<&R> {
        generation.get_bucket(bucket).filter(|record| !record.header().is_removed())
    }

    /// Returns the record at a location that a search has just found.
    #[inline]
    pub(crate) fn found(&self, location: Location) -> &R {
        self.get(location).expect("it was found under this lock")
    }

    /// Like [`found`](Self::found), but returns a mutable reference. Does not compile for records
    /// that lend their key.
    pub(crate) fn found_mut(&mut self, Location { generation, bucket }: Location) -> &mut R {
        const { assert!(!R::LENDS_KEY) }
        let found = self.generations_mut().nth(generation);
        found.and_then(|table| table.get_bucket_mut(bucket)).expect("it was found under this lock")
    }

    /// Calls `f` with each record, dead ones among them.
    #[inline]
    pub(crate) fn for_each(&self, mut f: impl FnMut(&R)) {
        if self.pins == 0 {
            self.records.iter().for_each(f);
        } else {
            self.for_each_pinned(&mut f);
        }
    }

    #[cold]
    fn for_each_pinned(&self, f: &mut dyn FnMut(&R)) {
        let all = self.generations().flat_map(HashTable::iter);
        all.filter(|record| !record.header().is_removed()).for_each(f);
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        if self.pins != 0 { self.len_pinned() } else { self.records.len() }
    }

    #[cold]
    fn len_pinned(&self) -> usize {
        let all: usize = self.generations().map(HashTable::len).sum();
        all - self.extra().map_or(0, |extra| extra.marked.len())
    }

    pub(crate) fn capacity(&self) -> usize {
        self.generations().map(HashTable::capacity).sum()
    }

    /// Returns the locations of all records.
    pub(super) fn locations(&self) -> impl Iterator<Item = Location> {
        let all = self.generations().enumerate().flat_map(|(generation, table)| {
            table.iter_buckets().map(move |bucket| Location { generation, bucket })
        });
        all.filter(|location| self.get(*location).is_some())
    }

    /// Returns the first record of a generation from `bucket` on, and its location.
    fn next_in(&self, generation: usize, bucket: usize) -> Option<(Location, &R)> {
        let table = self.generation(generation)?;
        let (bucket, record) = (bucket..table.num_buckets())
            .find_map(|bucket| Some((bucket, Self::record_in(table, bucket)?)))?;
        Some((Location { generation, bucket }, record))
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

    pub(super) fn generation_count(&self) -> usize {
        1 + self.extra().map_or(0, |extra| extra.older.len())
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
        let Location { generation, bucket } = location;
        let table = if generation == 0 && self.pins == 0 {
            &mut self.records
        } else {
            self.generations_mut().nth(generation).expect("it was found under this lock")
        };
        let entry = table.get_bucket_entry(bucket).ok().expect("it was found under this lock");
        let record = entry.remove().0;
        self.free_if_empty();
        let owners = owners(&record);
        self.release(record, owners, shard, cause)
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
        let start = self.extra().map_or(0, |extra| extra.cursor);
        let newest = self.generation_count() - 1;
        let found = self
            .next_in(newest, start)
            .or_else(|| (0..=newest).find_map(|generation| self.next_in(generation, 0)));
        let location = found?.0;
        self.extra_mut().cursor = location.bucket;
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
        let mut records = std::mem::take(&mut self.records);
        let all = records.drain().map(|record| {
            let owners = record.owners();
            self.release(record, owners, shard, cause)
        });
        let all = all.collect();
        if !self.closed {
            self.records = records;
            self.free_if_empty();
        }
        all
    }

    #[cold]
    fn remove_all_pinned(
        &mut self,
        shard: *const Header,
        cause: RemovalCause,
    ) -> Vec<Removed<F, R>> {
        let locations: Vec<_> = self.locations().collect();
        let remove = |location| self.remove_at(location, shard, cause, R::owners);
        locations.into_iter().map(remove).collect()
    }

    /// Removes the record of an object that has died. Runs no user code: finds the record by its
    /// hash and by `is_dead`. A record inserted later is alive.
    #[inline]
    pub(super) fn take_dead(&mut self, hash: u32) -> Option<R> {
        debug_assert!(self.pins == 0, "a pinned table lets no record go");
        let is_match = |record: &R| record.header().has_hash(hash) && record.is_dead();
        let record = self.records.find_entry(expand_hash(hash), is_match).ok()?.remove().0;
        self.free_if_empty();
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
            Event::Died(_) => self.remove_record(hash, R::is_dead, shard, died, R::survivors),
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
        if std::mem::take(&mut self.pins) != 0 { self.settle() } else { Vec::new() }
    }

    /// Takes the marked records out, merges the generations, and frees what removals could not free
    /// while the table was pinned.
    fn settle(&mut self) -> Vec<Removed<F, R>> {
        let removed = self.take_marked();
        self.free_if_empty();
        removed
    }

    fn take_marked(&mut self) -> Vec<Removed<F, R>> {
        let Some(extra) = self.extra.as_deref_mut() else { return Vec::new() };
        if extra.marked.is_empty() && extra.older.is_empty() {
            return Vec::new();
        }
        let mut removed = Vec::with_capacity(extra.marked.len());
        let Extra { older, marked, .. } = extra;
        for Marked { location: Location { generation, bucket }, notice } in std::mem::take(marked) {
            let table = older.get_mut(generation).unwrap_or(&mut self.records);
            if let Ok(entry) = table.get_bucket_entry(bucket) {
                let record = entry.remove().0;
                let owners = record.survivors();
                removed.push(Removed::moved(record, owners, notice));
            }
        }
        for table in std::mem::take(older) {
            for record in table {
                self.records.insert_unique(hash_of(&record), record, hash_of::<F, R>);
            }
        }
        removed
    }
}

/// Capacity.
impl<F: Flavor, R: Record<F>> Table<F, R> {
    #[inline]
    fn free_if_empty(&mut self) {
        if self.records.is_empty() {
            self.free();
        }
    }

    #[cold]
    fn free(&mut self) {
        if self.pins != 0 {
            return;
        }
        // Most capacities are rounded up to less than twice the requested one, and the tombstones
        // of a crowded table can take some of it.
        let enough = self.reserved..=self.reserved.saturating_mul(2).max(KEPT_CAPACITY);
        if !enough.contains(&self.records.capacity()) {
            self.records = HashTable::with_capacity(self.reserved);
        }
    }

    /// Makes sure that a pinned table has room for `additional` records without moving any.
    fn make_room(&mut self, additional: usize) {
        if self.records.capacity() - self.records.len() < additional {
            let new = HashTable::with_capacity((2 * self.records.len()).max(additional));
            let full = std::mem::replace(&mut self.records, new);
            self.extra_mut().older.push(full);
        }
    }

    /// Inserts a record whose key is not in the table.
    pub(super) fn insert(&mut self, record: R) {
        if self.pins != 0 {
            self.make_room(1);
        }
        self.records.insert_unique(hash_of(&record), record, hash_of::<F, R>);
    }

    pub(super) fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        if self.pins != 0 && self.records.capacity() - self.records.len() < additional {
            let mut new = HashTable::new();
            new.try_reserve(additional, hash_of::<F, R>)
                .map_err(|error| TryReserveError::new(&error))?;
            let full = std::mem::replace(&mut self.records, new);
            self.extra_mut().older.push(full);
        }
        self.records
            .try_reserve(additional, hash_of::<F, R>)
            .map_err(|error| TryReserveError::new(&error))?;
        self.reserved = self.reserved.max(self.len() + additional);
        Ok(())
    }

    /// Shrinks the capacity to `least` records, or to the number of records if that is greater, and
    /// lowers the reserved capacity to `least`. A pinned table keeps its memory for now.
    pub(super) fn shrink_to(&mut self, least: usize) {
        self.reserved = self.reserved.min(least);
        if self.pins == 0 {
            self.records.shrink_to(least, hash_of::<F, R>);
        }
    }

    /// Whether all records can be moved to other tables: no iteration or flight depends on their
    /// location, and no referent is dead, so every slot can be reached.
    pub(super) fn is_movable(&self) -> bool {
        self.pins == 0
            && self.extra().is_none_or(|extra| extra.flights.is_empty())
            && !self.records.iter().any(R::is_dead)
    }

    /// Removes the records that `moves` accepts and returns them, without unregistering them.
    pub(super) fn split_off(&mut self, mut moves: impl FnMut(&R) -> bool) -> Vec<R> {
        self.records.extract_if(|record| moves(record)).collect()
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
