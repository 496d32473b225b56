use std::{rc::Rc, sync::Arc};

use weakref_core::{WeakRef, new, weakrefable};

#[weakrefable]
struct Node {
    id: u32,
}

fn logger(log: Rc<()>) -> impl FnOnce(&WeakRef<Node>) {
    move |_| drop(log)
}

fn main() {
    let node = Arc::new(new!(Node { id: 1 }));
    let _weak = WeakRef::with_callback(&node, logger(Rc::new(())));
}
