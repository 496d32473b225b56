use std::rc::Rc;

use weakref_core::{WeakRef, new, weakrefable};

#[weakrefable(local)]
struct Node {
    id: u32,
}

fn logger(log: Rc<()>) -> impl FnOnce(&WeakRef<Node>) {
    move |_| drop(log)
}

fn main() {
    let node = Rc::new(new!(Node { id: 1 }));
    let _weak = WeakRef::with_callback(&node, logger(Rc::new(())));
}
