//! The containers of `Arc`s, in one thread.

pub(crate) use std::sync::Arc as Ptr;

pub(crate) use weakref_core::Shared as Kind;

/// What an item does as it dies.
pub(crate) type Action = Box<dyn FnOnce() + Send + Sync>;

/// Where an item can be used: in any thread.
pub(crate) trait Usable: Send + Sync {}

impl<T: ?Sized + Send + Sync> Usable for T {}

// The same file as in `local.rs`, with this module's names.
#[allow(clippy::duplicate_mod)]
#[path = "cases.rs"]
mod cases;
