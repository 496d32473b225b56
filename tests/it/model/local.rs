//! Maps of `Rc`s.

use weakref_tests::flavours::local::{Here, Ptr};

#[path = "play.rs"]
mod play;
