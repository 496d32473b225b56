//! How many shards a container gets once it has outgrown one.

use std::{
    num::NonZero,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::Flavor;

/// The parallelism that a test has requested, or 0.
static FORCED: AtomicUsize = AtomicUsize::new(0);

/// No container has more shards than this.
pub(super) const MOST: usize = 256;

/// A container with fewer records is not split because of their number. A model of loom splits at
/// the second insertion, into two.
pub(super) const LEAST_BEFORE_SPLIT: usize = if cfg!(weakref_loom) { 1 } else { 64 };

/// Makes containers that have not been split yet behave as on a machine with that many hardware
/// threads. `None` restores the machine's own number. For tests and benchmarks.
pub(crate) fn force_parallelism(threads: Option<NonZero<usize>>) {
    FORCED.store(threads.map_or(0, NonZero::get), Ordering::Relaxed);
}

/// The number of shards of a container that has outgrown one: four for each thread, as in
/// `DashMap`, so that two threads seldom meet in one. In `Local`, where no thread waits, always 1.
pub(crate) fn shard_count<F: Flavor>() -> usize {
    static MACHINE: OnceLock<usize> = OnceLock::new();
    if !F::IS_SHARED {
        return 1;
    }
    if cfg!(weakref_loom) {
        return 2;
    }
    let threads = match FORCED.load(Ordering::Relaxed) {
        0 => *MACHINE.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get)),
        forced => forced,
    };
    round_shards(threads.saturating_mul(4))
}

/// Rounds a number of shards up to a power of two, so that a mask of the hash selects a shard.
pub(super) fn round_shards(shards: usize) -> usize {
    shards.clamp(1, MOST).next_power_of_two()
}

/// The capacity that each of `shards` needs for `records` in all: an even share, and three standard
/// deviations more, as hashes are not spread evenly.
pub(super) fn capacity_per_shard(records: usize, shards: usize) -> usize {
    let even = records.div_ceil(shards);
    if shards == 1 { even } else { even.saturating_add(3 * even.isqrt()) }
}

/// The number of records at which a container with one shard is split into `shards`. Each shard
/// then begins with a few, and moving them all takes well under a millisecond.
pub(super) fn records_before_split(shards: usize) -> usize {
    if cfg!(weakref_loom) { LEAST_BEFORE_SPLIT } else { (8 * shards).max(LEAST_BEFORE_SPLIT) }
}
