//! The map of `Arc`s, in one thread.

pub(crate) use std::sync::Arc as Ptr;

pub(crate) use weakref_core::Shared as Kind;

/// What a value does as it dies.
pub(crate) type Action = Box<dyn FnOnce() + Send + Sync>;

/// What works whatever the values are.
pub(crate) type Object = dyn std::any::Any + Send + Sync;

// The same file as in `local.rs`, with this module's names.
#[allow(clippy::duplicate_mod)]
#[path = "cases.rs"]
mod cases;
