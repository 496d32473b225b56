use serde::Serialize;
use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable, Serialize)]
struct Image {
    name: String,
    #[serde(skip)]
    slot: WeakSlot,
}

fn main() {}
