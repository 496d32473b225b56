//! The map of `Arc`s, in one thread.

pub(crate) use weakref_tests::flavours::shared::{Action, Here, Ptr};

/// What works whatever the values are.
pub(crate) type Object = dyn std::any::Any + Send + Sync;

/// Of 60 maps with room for so many entries, at least this many do not grow with them: which shard a
/// key falls into is chance.
pub(crate) const DO_NOT_GROW: usize = 54;

// The same file as in `local.rs`, with this module's names.
#[allow(clippy::duplicate_mod)]
#[path = "cases.rs"]
mod cases;
