//! The map of `Rc`s.

pub(crate) use std::rc::Rc as Ptr;

pub(crate) use weakref_core::Local as Kind;

/// What a value does as it dies.
pub(crate) type Action = Box<dyn FnOnce()>;

/// What works whatever the values are.
pub(crate) type Object = dyn std::any::Any;

#[path = "cases.rs"]
mod cases;
