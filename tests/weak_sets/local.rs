//! The containers of `Rc`s.

pub(crate) use std::rc::Rc as Ptr;

pub(crate) use weakref_core::Local as Kind;

/// What an item does as it dies.
pub(crate) type Action = Box<dyn FnOnce()>;

/// Where an item can be used: in its own thread.
pub(crate) trait Usable {}

impl<T: ?Sized> Usable for T {}

#[path = "cases.rs"]
mod cases;
