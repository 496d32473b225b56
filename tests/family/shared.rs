//! Containers of `Arc`s.

use weakref_tests::flavours::shared::{Here, Ptr};

// Those of `local.rs`, with this module's names, and two that need threads.
#[allow(clippy::duplicate_mod)]
#[path = "adapters.rs"]
mod adapters;
#[path = "crowd.rs"]
mod crowd;
#[allow(clippy::duplicate_mod)]
#[path = "drops.rs"]
mod drops;
#[path = "duo.rs"]
mod duo;
#[allow(clippy::duplicate_mod)]
#[path = "hard.rs"]
mod hard;
#[allow(clippy::duplicate_mod)]
#[path = "lives.rs"]
mod lives;
#[allow(clippy::duplicate_mod)]
#[path = "maps.rs"]
mod maps;
#[allow(clippy::duplicate_mod)]
#[path = "model.rs"]
mod model;
#[allow(clippy::duplicate_mod)]
#[path = "operation.rs"]
mod operation;
#[allow(clippy::duplicate_mod)]
#[path = "play.rs"]
mod play;
#[allow(clippy::duplicate_mod)]
#[path = "sets.rs"]
mod sets;
#[allow(clippy::duplicate_mod)]
#[path = "stage.rs"]
mod stage;
