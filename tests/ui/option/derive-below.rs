use weakref_core::weakrefable;

#[weakrefable(local)]
#[derive(Debug, weakref_core::Weakrefable)]
struct Node {
    id: u32,
}

fn close(_: &mut Node) {}

fn main() {}
