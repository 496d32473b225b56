use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
struct Image {
    #[weakref]
    slot: WeakSlot,
}

fn main() {}
