use weakref_core::weakrefable;

#[weakrefable(local, on_drop = close)]
struct Node {
    id: u32,
}

fn close(_: &mut Node) {}

fn main() {}
