use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
struct Node {
    id: u32,
    #[allow(dead_code)]
    slot: WeakSlot,
}

fn close(_: &mut Node) {}

fn main() {}
