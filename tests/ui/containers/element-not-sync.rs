use std::cell::Cell;
use weakref_core::{PtrWeakSet, Slotted};

fn main() {
    let set = PtrWeakSet::<Slotted<Cell<u8>>>::new();
    assert!(set.is_empty());
}
