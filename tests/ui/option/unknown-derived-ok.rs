use std::rc::Rc;

use weakref_core::{Local, WeakRef, WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(drop = "slot")]
struct Node {
    id: u32,
    slot: WeakSlot<Local>,
}

impl Drop for Node {
    fn drop(&mut self) {}
}

fn main() {
    let node = Rc::new(Node { id: 1, slot: WeakSlot::new() });
    let _weak = WeakRef::new(&node);
}
