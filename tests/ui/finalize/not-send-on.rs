use std::rc::Rc;

use weakref_core::{finalize_on, new, weakrefable};

#[weakrefable]
struct Node {
    id: u32,
}

fn logger(log: Rc<()>) -> impl FnOnce() {
    move || drop(log)
}

fn main() {
    let node = new!(Node { id: 1 });
    finalize_on(&node, logger(Rc::new(())));
}
