//! Containers of `Arc`s.

use weakref_tests::flavours::shared::{Action, Here, Ptr, Usable, Weak};

// The same files as in `local.rs`, with this module's names.
#[allow(clippy::duplicate_mod)]
#[path = "behaviours.rs"]
mod behaviours;
