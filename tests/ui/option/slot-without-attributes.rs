use weakref_core::weakrefable;

#[weakrefable(slot)]
struct Node {
    id: u32,
}

fn close(_: &mut Node) {}

fn main() {}
