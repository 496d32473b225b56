use weakref_core::{Local, Slotted, WeakWeakMap};

fn main() {
    let map = WeakWeakMap::<Slotted<u8, Local>, Slotted<u8>>::new();
    assert!(map.is_empty());
}
