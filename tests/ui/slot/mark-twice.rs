use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
struct Image {
    #[weakref]
    #[weakref]
    slot: WeakSlot,
}

fn main() {}
