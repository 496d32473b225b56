use weakref_core::{Local, WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(on_drop = close)]
struct Node {
    id: u32,
    slot: WeakSlot<Local>,
}

fn close(_: &mut Node) {}

fn main() {}
