use weakref_core::{WeakSlot, Weakrefable};

#[derive(Clone, Copy, Weakrefable)]
struct Point {
    x: u32,
    slot: WeakSlot,
}

fn main() {}
