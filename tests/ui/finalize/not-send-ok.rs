use std::rc::Rc;

use weakref_core::{finalize, new, weakrefable};

#[weakrefable(local)]
struct Node {
    id: u32,
}

fn main() {
    let node = Rc::new(new!(Node { id: 1 }));
    let log = Rc::new(());
    finalize(&node, move || drop(log));
}
