//! The map of `Arc`s, in one thread.

pub(crate) use weakref_tests::flavours::shared::{Action, Here, Ptr};

/// What works whatever the values are.
pub(crate) type Object = dyn std::any::Any + Send + Sync;

// The same file as in `local.rs`, with this module's names.
#[allow(clippy::duplicate_mod)]
#[path = "cases.rs"]
mod cases;
