//! Maps of `Arc`s.

use std::sync::Arc as Ptr;

use weakref_core::Shared as Kind;

// The same file as in `local.rs`, with this module's names.
#[allow(clippy::duplicate_mod)]
#[path = "play.rs"]
mod play;
