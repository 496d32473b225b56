//! The containers of `Arc`s, in one thread.

pub(crate) use weakref_tests::flavours::shared::{Action, Here, Ptr, Usable};

// The same file as in `local.rs`, with this module's names.
#[allow(clippy::duplicate_mod)]
#[path = "cases.rs"]
mod cases;
