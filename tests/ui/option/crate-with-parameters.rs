use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(crate = weakref_core::<u8>)]
struct Node {
    id: u32,
    slot: WeakSlot,
}

fn close(_: &mut Node) {}

fn main() {}
