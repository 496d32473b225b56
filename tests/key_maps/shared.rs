//! The maps of `Arc`s, in one thread.

pub(crate) use std::sync::{Arc as Ptr, Weak};

pub(crate) use weakref_core::Shared as Kind;

/// The message for who wants a value that a closure of this thread has.
pub(crate) const BUSY: &str = crate::actors::CIRCLE;

/// Something that can be used where its owners can: in all threads.
pub(crate) trait Usable: Send + Sync {}

impl<T: ?Sized + Send + Sync> Usable for T {}

#[path = "things.rs"]
pub(crate) mod things;

#[path = "collisions/cases.rs"]
mod collisions;
#[path = "equality/cases.rs"]
mod equality;
#[path = "identity/cases.rs"]
mod identity;
