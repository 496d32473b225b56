use weakref_core::{WeakSlot, Weakrefable};

mod others {
    pub struct WeakSlot;
}

#[derive(Weakrefable)]
struct Image {
    other: others::WeakSlot,
    #[weakref]
    slot: WeakSlot,
}

fn main() {}
