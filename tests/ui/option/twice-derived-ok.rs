use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(on_drop = close)]
struct Node {
    id: u32,
    slot: WeakSlot,
}

fn close(_: &mut Node) {}

fn main() {}
