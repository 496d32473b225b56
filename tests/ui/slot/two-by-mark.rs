use weakref_core::{WeakSlot, Weakrefable};

type Slot = WeakSlot;

#[derive(Weakrefable)]
struct Image {
    slot: WeakSlot,
    #[weakref]
    other: Slot,
}

fn main() {}
