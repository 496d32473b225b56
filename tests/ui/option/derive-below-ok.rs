use weakref_core::weakrefable;

#[weakrefable(local)]
#[derive(Debug)]
struct Node {
    id: u32,
}

fn close(_: &mut Node) {}

fn main() {}
