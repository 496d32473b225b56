use weakref_core::{WeakSlot, weakrefable};

type Slot = WeakSlot;

#[weakrefable]
struct Image {
    name: String,
    #[weakref]
    slot: Slot,
}

fn main() {}
