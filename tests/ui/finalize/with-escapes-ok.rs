use std::{cell::Cell, rc::Rc};

use weakref_core::{Local, Slotted, finalize_with};

fn main() {
    let kept = Rc::new(Cell::new(None));
    let node = Rc::new(Slotted::<u32, Local>::new(1));
    let place = Rc::clone(&kept);
    finalize_with(&node, move |node| place.set(node.map(|node| **node)));
}
