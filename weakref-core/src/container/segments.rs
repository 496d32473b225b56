//! A hash table that grows in steps of bounded time.
//!
//! A table of hashbrown moves all its records when it grows, which takes 30 ms at a million. So a
//! table that has [`MOST_UNSPLIT`] records is split into *segments*, each a hash table of its own.
//! From then on the insertions split one segment after the other, in the order of their indices, so
//! that none has many more records than that. This is [linear hashing]: the number of segments
//! alone decides where a hash belongs.
//!
//! If hashes are so bad that one segment has most of the records, it grows as a table of hashbrown
//! does.
//!
//! [linear hashing]: https://en.wikipedia.org/wiki/Linear_hashing
//
// W. Litwin, "Linear Hashing: A New Tool for File and Table Addressing", VLDB 1980.

use std::{alloc::Layout, hint, marker::PhantomData, mem, slice};

use hashbrown::{HashTable, TryReserveError, hash_table};

use super::record::{Record, hash_of};
use crate::Flavor;

/// The number of records at which a table is split for the first time. A table of hashbrown that
/// has this capacity is full then. To move that many records takes 0.2 to 0.5 ms.
///
/// The tests that look for errors of memory are built with a small one, so that few records make
/// many segments.
const MOST_UNSPLIT: usize =
    if cfg!(any(miri, weakref_small_tables)) { 14 } else { (1 << 14) / 8 * 7 };

/// The mean number of records of a segment that makes an insertion split one.
///
/// The segments that are to be split next have up to twice as many, and some more by chance. All
/// these fit into a table of the capacity `MOST_UNSPLIT`.
const MEAN: usize = MOST_UNSPLIT * 13 / 28;

/// There are no more segments than this: their index is taken from 16 bits of the hash.
const MOST_SEGMENTS: usize = 1 << 16;

/// A table, or a segment, keeps a capacity up to this when its last record leaves.
const KEPT_CAPACITY: usize = 64;

/// A hash table of records, in one segment or several. Its owner counts the records.
pub(super) enum Segments<F: Flavor, R: Record<F>> {
    One(HashTable<R>),
    Several(Box<Split<F, R>>),
}

/// The segments of a table that has been split.
pub(super) struct Split<F: Flavor, R: Record<F>> {
    segments: Vec<HashTable<R>>,
    /// The number of segments, rounded up to a power of two, less 1.
    mask: usize,
    flavor: PhantomData<F>,
}

impl<F: Flavor, R: Record<F>> Split<F, R> {
    /// Returns the index of the segment for an expanded hash. Takes it from bits that hashbrown
    /// does not use in a table of this size.
    #[inline]
    fn index(&self, hash: u64) -> usize {
        #[allow(clippy::cast_possible_truncation)]
        let index = (hash >> 16) as usize & self.mask;
        // The second half of the segments is not complete: the records of a missing segment are
        // still in the one from which it will be split off.
        if index < self.segments.len() { index } else { index & (self.mask >> 1) }
    }

    /// Adds a segment, and splits the records of another one between it and the table `rest`. Both
    /// tables are empty.
    fn push(&mut self, new: HashTable<R>, rest: HashTable<R>) {
        let index = self.segments.len();
        self.segments.push(new);
        self.mask = self.segments.len().next_power_of_two() - 1;
        let source = index & (self.mask >> 1);
        for record in mem::replace(&mut self.segments[source], rest) {
            let hash = hash_of(&record);
            let index = self.index(hash);
            self.segments[index].insert_unique(hash, record, hash_of::<F, R>);
        }
    }
}

impl<F: Flavor, R: Record<F>> Default for Segments<F, R> {
    fn default() -> Self {
        Self::One(HashTable::new())
    }
}

/// Segments and records.
impl<F: Flavor, R: Record<F>> Segments<F, R> {
    #[inline]
    pub(super) fn all(&self) -> &[HashTable<R>] {
        match self {
            Self::One(only) => slice::from_ref(only),
            Self::Several(split) => &split.segments,
        }
    }

    #[inline]
    pub(super) fn all_mut(&mut self) -> &mut [HashTable<R>] {
        match self {
            Self::One(only) => slice::from_mut(only),
            Self::Several(split) => &mut split.segments,
        }
    }

    /// Returns the number of segments, at least 1.
    #[inline]
    pub(super) fn count(&self) -> usize {
        self.all().len()
    }

    /// Returns the segment for an expanded hash, and its index.
    #[inline]
    pub(super) fn segment(&self, hash: u64) -> (usize, &HashTable<R>) {
        match self {
            Self::One(only) => (0, only),
            Self::Several(split) => {
                let index = split.index(hash);
                (index, &split.segments[index])
            }
        }
    }

    #[inline]
    pub(super) fn segment_mut(&mut self, hash: u64) -> (usize, &mut HashTable<R>) {
        match self {
            Self::One(only) => (0, only),
            Self::Several(split) => {
                let index = split.index(hash);
                (index, &mut split.segments[index])
            }
        }
    }

    /// Searches for a record, or the room for one. Splits a segment first if `len`, the number of
    /// records, is too large. Returns the index of the segment and what it has.
    #[inline]
    pub(super) fn entry(
        &mut self,
        hash: u64,
        is_match: impl FnMut(&R) -> bool,
        len: usize,
    ) -> (usize, hash_table::Entry<'_, R>) {
        if self.is_full(len) {
            self.split_next();
        }
        let (index, segment) = self.segment_mut(hash);
        (index, segment.entry(hash, is_match, hash_of::<F, R>))
    }

    /// Inserts a record whose key is not in the table, which has `len` records.
    pub(super) fn insert(&mut self, record: R, len: usize) {
        if self.is_full(len) {
            self.split_next();
        }
        self.insert_unsplit(record);
    }

    fn insert_unsplit(&mut self, record: R) {
        let hash = hash_of(&record);
        self.segment_mut(hash).1.insert_unique(hash, record, hash_of::<F, R>);
    }

    /// Removes the record with an expanded hash that `is_match` accepts, and returns it with the
    /// index of its segment.
    #[inline]
    pub(super) fn take(
        &mut self,
        hash: u64,
        is_match: impl FnMut(&R) -> bool,
    ) -> Option<(usize, R)> {
        let (index, segment) = self.segment_mut(hash);
        Some((index, segment.find_entry(hash, is_match).ok()?.remove().0))
    }
}

/// Capacity.
impl<F: Flavor, R: Record<F>> Segments<F, R> {
    /// Returns the number of records that the table can have without allocating, if their hashes
    /// are spread evenly.
    pub(super) fn capacity(&self) -> usize {
        // Segments that have become empty may have been freed.
        self.all().iter().map(HashTable::capacity).sum::<usize>().min(self.most())
    }

    /// Returns the number of records at which the table is split.
    #[inline]
    fn most(&self) -> usize {
        match self {
            Self::One(_) => MOST_UNSPLIT,
            Self::Several(split) => MEAN * split.segments.len(),
        }
    }

    #[inline]
    fn is_full(&self, len: usize) -> bool {
        len >= self.most() && self.count() < MOST_SEGMENTS
    }

    #[cold]
    #[inline(never)]
    fn split_next(&mut self) {
        self.push(HashTable::with_capacity(2 * MEAN), HashTable::with_capacity(2 * MEAN));
    }

    fn push(&mut self, new: HashTable<R>, rest: HashTable<R>) {
        if let Self::One(only) = self {
            let segments = vec![mem::take(only)];
            *self = Self::Several(Box::new(Split { segments, mask: 0, flavor: PhantomData }));
        }
        if let Self::Several(split) = self {
            split.push(new, rest);
        }
    }

    /// Makes room for `least` records in all.
    pub(super) fn try_reserve(&mut self, least: usize) -> Result<(), TryReserveError> {
        if let Self::One(only) = self
            && least <= MOST_UNSPLIT
        {
            return only.try_reserve(least.saturating_sub(only.len()), hash_of::<F, R>);
        }
        let count = least.div_ceil(MEAN).clamp(1, MOST_SEGMENTS);
        // A segment that is to be split next has up to twice as many records as the mean.
        let each = least.div_ceil(count).max(2 * MEAN);
        Self::probe(each.saturating_mul(count.saturating_sub(self.count())))?;
        let new = || {
            let mut table = HashTable::new();
            table.try_reserve(each, hash_of::<F, R>)?;
            Ok(table)
        };
        while self.count() < count {
            self.push(new()?, new()?);
        }
        // Segments that have been empty have no memory.
        for segment in self.all_mut() {
            segment.try_reserve(each.saturating_sub(segment.len()), hash_of::<F, R>)?;
        }
        Ok(())
    }

    /// Returns the error of a single allocation for `capacity` records, if there is one. Segments
    /// are allocated one by one, and would use up all memory before one of them failed.
    fn probe(capacity: usize) -> Result<(), TryReserveError> {
        let layout = Layout::array::<R>(capacity).map_err(|_| TryReserveError::CapacityOverflow)?;
        let mut all = Vec::<R>::new();
        let result = all.try_reserve_exact(capacity);
        // Otherwise the compiler may leave out the allocation.
        hint::black_box(&all);
        result.map_err(|_| TryReserveError::AllocError { layout })
    }

    /// Shrinks the capacity to `least` records. The table has `len`, and keeps room for these.
    pub(super) fn shrink_to(&mut self, least: usize, len: usize) {
        let enough = len.max(least);
        let count = if enough <= MOST_UNSPLIT { 1 } else { enough.div_ceil(MEAN) };
        if count < self.count() {
            let mut old = mem::take(self);
            // If there is no memory, the insertions below allocate it.
            _ = self.try_reserve(enough);
            let all = old.all_mut().iter_mut().flat_map(HashTable::drain);
            all.for_each(|record| self.insert_unsplit(record));
        }
        let each = match self {
            Self::One(_) => least,
            Self::Several(_) if least > len => 2 * MEAN,
            Self::Several(_) => 0,
        };
        for segment in self.all_mut() {
            segment.shrink_to(each, hash_of::<F, R>);
        }
    }

    /// Whether this is one of several segments, is empty, and has memory to be freed.
    #[inline]
    pub(super) fn is_empty_part(&self, index: usize) -> bool {
        let Self::Several(split) = self else { return false };
        split
            .segments
            .get(index)
            .is_some_and(|segment| segment.is_empty() && segment.capacity() > KEPT_CAPACITY)
    }

    /// Frees the memory of one of several segments, which is empty.
    pub(super) fn free_part(&mut self, index: usize) {
        if let Self::Several(split) = self {
            split.segments[index] = HashTable::new();
        }
    }

    /// Frees the memory of an empty table beyond the capacity that the user has reserved.
    pub(super) fn free(&mut self, reserved: usize) {
        let capacity = match self {
            Self::One(only) => only.capacity(),
            Self::Several(_) => self.most(),
        };
        // Most capacities are rounded up to less than twice the requested one, and the tombstones
        // of a crowded table can take some of it.
        let enough = reserved..=reserved.saturating_mul(2).max(KEPT_CAPACITY);
        if !enough.contains(&capacity) {
            *self = Self::default();
            // If there is no memory any more, the next insertions allocate it.
            _ = self.try_reserve(reserved);
        }
    }
}
