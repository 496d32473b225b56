use std::{rc::Rc, sync::Arc};

use weakref_core::{finalize, new, weakrefable};

#[weakrefable]
struct Node {
    id: u32,
}

fn logger(log: Rc<()>) -> impl FnOnce() {
    move || drop(log)
}

fn main() {
    let node = Arc::new(new!(Node { id: 1 }));
    finalize(&node, logger(Rc::new(())));
}
