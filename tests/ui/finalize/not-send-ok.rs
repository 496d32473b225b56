use std::rc::Rc;

use weakref_core::{finalize, new, weakrefable};

#[weakrefable(local)]
struct Node {
    id: u32,
}

fn logger(log: Rc<()>) -> impl FnOnce() {
    move || drop(log)
}

fn main() {
    let node = Rc::new(new!(Node { id: 1 }));
    finalize(&node, logger(Rc::new(())));
}
