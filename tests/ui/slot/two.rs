use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
struct Image {
    slot: WeakSlot,
    name: String,
    other: WeakSlot,
}

fn main() {}
