use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(crate = weakref_core)]
struct Node {
    id: u32,
    slot: WeakSlot,
}

fn close(_: &mut Node) {}

fn main() {}
