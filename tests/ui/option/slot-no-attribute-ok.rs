use weakref_core::weakrefable;

#[weakrefable(slot(allow(dead_code), doc(hidden)))]
struct Node {
    id: u32,
}

fn close(_: &mut Node) {}

fn main() {}
