//! Containers of `Rc`s.

use weakref_tests::flavours::local::{Here, Ptr};

#[path = "adapters.rs"]
mod adapters;
#[path = "drops.rs"]
mod drops;
#[path = "hard.rs"]
mod hard;
#[path = "lives.rs"]
mod lives;
#[path = "maps.rs"]
mod maps;
#[path = "model.rs"]
mod model;
#[path = "operation.rs"]
mod operation;
#[path = "play.rs"]
mod play;
#[path = "sets.rs"]
mod sets;
#[path = "stage.rs"]
mod stage;
