use std::sync::Arc;

use weakref_core::{finalize_on, new, weakrefable};

#[weakrefable]
struct Node {
    id: u32,
}

fn main() {
    let node = new!(Node { id: 1 });
    let log = Arc::new(());
    finalize_on(&node, move || drop(log));
}
