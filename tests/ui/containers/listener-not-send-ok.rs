use std::{cell::RefCell, rc::Rc};
use weakref_core::{Slotted, WeakSet};

fn main() {
    let log = Rc::new(RefCell::new(Vec::new()));
    let set = WeakSet::<Slotted<u32, weakref_core::Local>>::new();
    set.on_removal(move |_, cause| log.borrow_mut().push(cause));
}
