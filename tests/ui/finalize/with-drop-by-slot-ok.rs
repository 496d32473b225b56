use std::sync::Arc;

use weakref_core::{finalize_with, new, weakrefable};

#[weakrefable]
struct Node {
    id: u32,
}

fn main() {
    let node = Arc::new(new!(Node { id: 1 }));
    finalize_with(&node, |node| node.map(|node| node.id));
}
