use std::sync::Arc;

use weakref_core::{Shared, WeakSlot, Weakrefable, finalize_with};

#[derive(Default)]
struct Node {
    slot: WeakSlot,
}

impl Weakrefable for Node {
    type Flavor = Shared;

    fn weak_slot(&self) -> &WeakSlot {
        &self.slot
    }
}

fn main() {
    let node = Arc::new(Node::default());
    finalize_with(&node, |node| assert!(node.is_some()));
}
