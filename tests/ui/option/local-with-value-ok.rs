use weakref_core::weakrefable;

#[weakrefable(local)]
struct Node {
    id: u32,
}

fn main() {}
