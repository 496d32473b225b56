//! The maps of `Rc`s.

pub(crate) use weakref_tests::flavours::local::{Here, Ptr, Usable, Weak};

/// The message for who wants a value that a closure of this thread has.
pub(crate) const BUSY: &str = "by a closure that looks at it, or looked at by one that changes it";

#[path = "things.rs"]
pub(crate) mod things;

#[path = "collisions/cases.rs"]
mod collisions;
#[path = "equality/cases.rs"]
mod equality;
#[path = "identity/cases.rs"]
mod identity;
