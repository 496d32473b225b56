use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
struct Image {
    name: String,
    slot: WeakSlot,
}

fn main() {}
