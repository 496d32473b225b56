use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(slot(allow(dead_code)))]
struct Node {
    id: u32,
    slot: WeakSlot,
}

fn close(_: &mut Node) {}

fn main() {}
