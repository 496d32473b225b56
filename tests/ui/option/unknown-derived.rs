use std::rc::Rc;

use weakref_core::{Local, WeakRef, WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(rc)]
struct Node {
    id: u32,
    slot: WeakSlot<Local>,
}

fn main() {
    let node = Rc::new(Node { id: 1, slot: WeakSlot::new() });
    let _weak = WeakRef::new(&node);
}
