//! The maps of `Arc`s, in one thread.

pub(crate) use std::sync::{Arc as Ptr, Weak};

pub(crate) use weakref_core::Shared as Kind;

/// The message for who wants a value that a closure of this thread has.
pub(crate) const BUSY: &str = crate::actors::CIRCLE;

#[path = "things.rs"]
mod things;

#[path = "collisions/cases.rs"]
mod collisions;
#[path = "equality/cases.rs"]
mod equality;
#[path = "identity/cases.rs"]
mod identity;
