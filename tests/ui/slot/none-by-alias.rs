use weakref_core::{Local, WeakSlot, Weakrefable};

type Slot = WeakSlot<Local>;

#[derive(Weakrefable)]
struct Node {
    slot: Slot,
}

fn main() {}
