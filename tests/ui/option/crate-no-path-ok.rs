use weakref_core::weakrefable;

#[weakrefable(crate = "::weakref_core")]
struct Node {
    id: u32,
}

fn close(_: &mut Node) {}

fn main() {}
