use weakref_core::{WeakSlot, Weakrefable};

type Slot = WeakSlot;

#[derive(Weakrefable)]
struct Image {
    #[weakref]
    slot: Slot,
}

fn main() {}
