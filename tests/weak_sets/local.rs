//! The containers of `Rc`s.

pub(crate) use weakref_tests::flavours::local::{Action, Here, Ptr, Usable};

#[path = "cases.rs"]
mod cases;
