use weakref_core::{WeakSlot, Weakrefable};

type Slot = WeakSlot;

#[derive(Weakrefable)]
struct Image {
    name: String,
    #[weakref]
    slot: Slot,
}

fn main() {}
