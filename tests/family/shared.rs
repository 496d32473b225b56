//! Containers of `Arc`s.

use std::sync::Arc as Ptr;

use weakref_core::Shared as Kind;

// The same files as in `local.rs`, with this module's names.
#[allow(clippy::duplicate_mod)]
#[path = "adapters.rs"]
mod adapters;
mod duo;
#[allow(clippy::duplicate_mod)]
#[path = "model.rs"]
mod model;
#[allow(clippy::duplicate_mod)]
#[path = "play.rs"]
mod play;
