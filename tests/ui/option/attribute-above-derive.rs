use weakref_core::{WeakSlot, Weakrefable, weakrefable};

#[weakrefable(drop = "slot")]
#[derive(Weakrefable)]
struct Node {
    id: u32,
    slot: WeakSlot,
}

fn main() {}
