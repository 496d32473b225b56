//! The map of `Rc`s.

pub(crate) use weakref_tests::flavours::local::{Action, Here, Ptr};

/// What works whatever the values are.
pub(crate) type Object = dyn std::any::Any;

#[path = "cases.rs"]
mod cases;
