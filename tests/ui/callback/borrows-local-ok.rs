use std::{cell::Cell, rc::Rc};

use weakref_core::{WeakRef, new, weakrefable};

#[weakrefable(local)]
struct Node {
    id: u32,
}

fn main() {
    let node = Rc::new(new!(Node { id: 1 }));
    let deaths = Rc::new(Cell::new(0));
    let _weak = WeakRef::with_callback(&node, move |_| deaths.set(deaths.get() + 1));
}
