use weakref_core::{WeakSlot, Weakrefable};

#[derive(Clone, Weakrefable)]
struct Point {
    x: u32,
    slot: WeakSlot,
}

fn main() {}
