use std::rc::Rc;

use weakref_core::{LocalBoxedFinalizer, finalize, new, weakrefable};

#[weakrefable(local)]
struct Node {
    id: u32,
}

fn close() {}

fn main() {
    let node = Rc::new(new!(Node { id: 1 }));
    let finalizers: Vec<LocalBoxedFinalizer> = vec![Box::new(finalize(&node, close))];
    assert!(finalizers[0].call());
}
