use serde::Serialize;
use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable, Serialize)]
struct Image {
    name: String,
    slot: WeakSlot,
}

fn main() {}
