use std::{cell::RefCell, rc::Rc};
use weakref_core::{RemovalCause, Slotted, WeakRef, WeakSet};

type Log = Rc<RefCell<Vec<RemovalCause>>>;

fn logger(log: Log) -> impl Fn(&WeakRef<Slotted<u32>>, RemovalCause) {
    move |_, cause| log.borrow_mut().push(cause)
}

fn main() {
    let set = WeakSet::<Slotted<u32>>::new();
    set.on_removal(logger(Log::default()));
}
