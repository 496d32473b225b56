//! Containers of `Rc`s.

pub use std::rc::{Rc as Ptr, Weak};

pub use weakref_core::Local as Here;

#[path = "container.rs"]
pub mod container;
#[path = "item.rs"]
pub mod item;
#[path = "maps.rs"]
mod maps;
#[path = "model.rs"]
mod model;
#[path = "sets.rs"]
mod sets;
#[path = "stage.rs"]
mod stage;

pub use stage::run;
