use std::sync::Arc;

use weakref_core::{WeakSlot, Weakrefable, finalize_with};

#[derive(Default, Weakrefable)]
struct Node {
    slot: WeakSlot,
}

fn main() {
    let node = Arc::new(Node::default());
    finalize_with(&node, |node| assert!(node.is_some()));
}
