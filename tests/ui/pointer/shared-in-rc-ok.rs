use std::sync::Arc;

use weakref_core::{WeakRef, new, weakrefable};

#[weakrefable]
struct Node {
    id: u32,
}

fn main() {
    let node = Arc::new(new!(Node { id: 1 }));
    let _weak = WeakRef::new(&node);
}
