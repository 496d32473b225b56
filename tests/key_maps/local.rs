//! The maps of `Rc`s.

pub(crate) use std::rc::{Rc as Ptr, Weak};

pub(crate) use weakref_core::Local as Kind;

/// The message for who wants a value that a closure of this thread has.
pub(crate) const BUSY: &str = "by a closure that looks at it, or looked at by one that changes it";

/// Something that can be used where its owners can: in one thread.
pub(crate) trait Usable {}

impl<T: ?Sized> Usable for T {}

#[path = "things.rs"]
pub(crate) mod things;

#[path = "collisions/cases.rs"]
mod collisions;
#[path = "equality/cases.rs"]
mod equality;
#[path = "identity/cases.rs"]
mod identity;
