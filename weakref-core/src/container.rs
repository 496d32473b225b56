//! The common part of all weak containers: records in tables, shards, and walks over them.
//!
//! # Terms
//!
//! - A *record* is a table's element: a key, and weak pointers to one or two *referents*
//!   ([`record`]).
//! - A *table* holds the records of one shard, hashed by key ([`table`]). While an iteration *pins*
//!   it, no record moves, and none is freed whose key a visitor may borrow.
//! - A *shard* is a table with its lock ([`shard`]). The slots of the referents hold its
//!   registrations. The thread that has locked the shard is the *lock holder*. An operation that
//!   must not wait for the lock, such as a death, is *deferred*: the lock holder runs it before it
//!   unlocks.
//! - A container has no shard when it is new, one when it is small, and many when it has grown
//!   ([`shards`]).
//! - A *removal* is a record that has left its container, with the listeners that have not been
//!   notified yet ([`removal`]).
//!
//! # Rules
//!
//! A key's `Eq`, or the closure of `get_by_hash` in its place, is the only user code that runs
//! while a shard is locked. A drop counts as user code: a value that is taken out of a table is
//! kept until the shard is unlocked. A death never waits for a shard.

#[cfg(feature = "async")]
pub(crate) mod async_flight;
mod clearing;
mod flights;
pub(crate) mod lookup;
mod parallelism;
pub(crate) mod pin;
pub(crate) mod record;
pub(crate) mod removal;
mod segments;
pub(crate) mod shard;
pub(crate) mod shards;
pub(crate) mod shared_value;
pub(crate) mod single_flight;
pub(crate) mod snapshot;
pub(crate) mod table;
pub(crate) mod upgraded;
#[cfg(feature = "async")]
mod wakers;
pub(crate) mod walk;
pub(crate) mod weak_key;

pub(crate) use parallelism::force_parallelism;
