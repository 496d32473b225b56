use weakref_core::{Weakrefable, weakrefable};

#[derive(Weakrefable)]
#[weakrefable]
struct Node {
    id: u32,
}

fn main() {}
