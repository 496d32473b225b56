use weakref_core::weakrefable;

#[weakrefable(local = true)]
struct Node {
    id: u32,
}

fn close(_: &mut Node) {}

fn main() {}
