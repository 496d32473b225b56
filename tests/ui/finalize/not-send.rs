use std::{rc::Rc, sync::Arc};

use weakref_core::{finalize, new, weakrefable};

#[weakrefable]
struct Node {
    id: u32,
}

fn main() {
    let node = Arc::new(new!(Node { id: 1 }));
    let log = Rc::new(());
    finalize(&node, move || drop(log));
}
