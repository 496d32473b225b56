//! Containers of `Rc`s.

use std::rc::Rc as Ptr;

use weakref_core::Local as Kind;

#[path = "adapters.rs"]
mod adapters;
#[path = "model.rs"]
mod model;
#[path = "play.rs"]
mod play;
