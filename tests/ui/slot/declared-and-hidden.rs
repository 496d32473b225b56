use weakref_core::{WeakSlot, weakrefable};

#[weakrefable]
struct Image {
    name: String,
    slot: WeakSlot,
}

fn main() {}
