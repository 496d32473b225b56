//! Maps of `Rc`s.

use std::rc::Rc as Ptr;

use weakref_core::Local as Kind;

#[path = "play.rs"]
mod play;
