use std::sync::Arc;

use weakref_core::{WeakRef, new, weakrefable};

#[weakrefable]
struct Node {
    id: u32,
}

fn main() {
    let node = Arc::new(new!(Node { id: 1 }));
    let deaths = String::new();
    let _weak = WeakRef::with_callback(&node, |_| println!("{deaths}"));
}
