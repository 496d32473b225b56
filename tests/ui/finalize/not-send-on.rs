use std::rc::Rc;

use weakref_core::{finalize_on, new, weakrefable};

#[weakrefable]
struct Node {
    id: u32,
}

fn main() {
    let node = new!(Node { id: 1 });
    let log = Rc::new(());
    finalize_on(&node, move || drop(log));
}
