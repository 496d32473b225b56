use std::{rc::Rc, thread};

use weakref_core::{Finalizer, finalize, new, weakrefable};

#[weakrefable(local)]
struct Node {
    id: u32,
}

fn main() {
    let node = Rc::new(new!(Node { id: 1 }));
    let finalizer: Finalizer<Node, fn()> = finalize(&node, || println!("gone"));
    thread::spawn(move || finalizer.call());
}
