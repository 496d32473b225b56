use weakref_core::weakrefable;

#[weakrefable(local, on_drop = close, local)]
struct Node {
    id: u32,
}

fn close(_: &mut Node) {}

fn main() {}
