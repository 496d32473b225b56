//! Containers of `Arc`s.

pub use std::sync::{Arc as Ptr, Weak};

pub use weakref_core::Shared as Here;

// Those of `local.rs`, with this module's names.
#[allow(clippy::duplicate_mod)]
#[path = "container.rs"]
pub mod container;
#[allow(clippy::duplicate_mod)]
#[path = "item.rs"]
pub mod item;
#[allow(clippy::duplicate_mod)]
#[path = "maps.rs"]
mod maps;
#[allow(clippy::duplicate_mod)]
#[path = "model.rs"]
mod model;
#[allow(clippy::duplicate_mod)]
#[path = "sets.rs"]
mod sets;
#[allow(clippy::duplicate_mod)]
#[path = "stage.rs"]
mod stage;

pub use stage::run;
