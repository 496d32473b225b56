//! The maps of `Arc`s, in one thread.

pub(crate) use weakref_tests::flavours::shared::{Here, Ptr, Usable, Weak};

/// The message for who wants a value that a closure of this thread has.
pub(crate) const BUSY: &str = weakref_tests::CIRCLE;

#[path = "things.rs"]
pub(crate) mod things;

#[path = "collisions/cases.rs"]
mod collisions;
#[path = "equality/cases.rs"]
mod equality;
#[path = "identity/cases.rs"]
mod identity;
