use weakref_core::weakrefable;

#[derive(Debug)]
#[weakrefable]
struct Node {
    id: u32,
}

fn main() {}
