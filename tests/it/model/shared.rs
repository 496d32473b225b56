//! Maps of `Arc`s.

use weakref_tests::flavours::shared::{Here, Ptr};

// The same file as in `local.rs`, with this module's names.
#[allow(clippy::duplicate_mod)]
#[path = "play.rs"]
mod play;
