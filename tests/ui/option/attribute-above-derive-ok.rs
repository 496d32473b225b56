use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(drop = "slot")]
struct Node {
    id: u32,
    slot: WeakSlot,
}

fn main() {}
