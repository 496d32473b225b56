use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
struct Image {
    name: String,
    #[weakref]
    slot: WeakSlot,
}

fn main() {}
