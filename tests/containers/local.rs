//! Containers of `Rc`s.

use weakref_tests::flavours::local::{Action, Here, Ptr, Usable, Weak};

#[path = "behaviours.rs"]
mod behaviours;
