use std::cell::Cell;
use weakref_core::{Slotted, WeakKeyMap};

fn main() {
    let map = WeakKeyMap::<Slotted<u32>, Cell<u8>>::new();
    assert!(map.is_empty());
}
