//! The map of `Rc`s.

pub(crate) use weakref_tests::flavours::local::{Action, Here, Ptr};

/// What works whatever the values are.
pub(crate) type Object = dyn std::any::Any;

/// Of 60 maps with room for so many entries, at least this many do not grow with them.
pub(crate) const DO_NOT_GROW: usize = 60;

#[path = "cases.rs"]
mod cases;
