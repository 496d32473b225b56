use std::rc::Rc;

use weakref_core::{WeakRef, new, weakrefable};

#[weakrefable(local)]
struct Node {
    id: u32,
}

fn main() {
    let node = Rc::new(new!(Node { id: 1 }));
    let _weak = WeakRef::new(&node);
}
