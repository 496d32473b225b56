use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakrefable(drop = "slot")]
struct Node {
    id: u32,
    slot: WeakSlot,
}

fn main() {}
