use std::sync::Arc;

use weakref_core::{WeakRef, new, weakrefable};

#[weakrefable]
#[derive(PartialEq, PartialOrd)]
struct Node {
    id: u32,
}

fn main() {
    let node = Arc::new(new!(Node { id: 1 }));
    let (a, b) = (WeakRef::new(&node), WeakRef::new(&node));
    let _ = a < b;
}
