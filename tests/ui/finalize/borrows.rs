use std::sync::Arc;

use weakref_core::{finalize, new, weakrefable};

#[weakrefable]
struct Node {
    id: u32,
}

fn main() {
    let node = Arc::new(new!(Node { id: 1 }));
    let name = String::new();
    finalize(&node, || println!("{name}"));
}
