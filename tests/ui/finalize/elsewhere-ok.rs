use std::{sync::Arc, thread};

use weakref_core::{Finalizer, finalize, new, weakrefable};

#[weakrefable]
struct Node {
    id: u32,
}

fn main() {
    let node = Arc::new(new!(Node { id: 1 }));
    let finalizer: Finalizer<Node, fn()> = finalize(&node, || println!("gone"));
    thread::spawn(move || finalizer.call()).join().unwrap();
}
