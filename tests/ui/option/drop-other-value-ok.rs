use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(drop = "slot")]
struct Node {
    id: u32,
    slot: WeakSlot,
}

fn close(_: &mut Node) {}

impl Drop for Node {
    fn drop(&mut self) {
        close(self);
    }
}

fn main() {}
