use weakref_core::{Proxy, Slotted, WeakRef};

#[allow(dead_code)]
struct Holder {
    weak: WeakRef<Slotted<Proxy<Slotted<i32>>>>,
}

fn main() {
    assert!(None::<Holder>.is_none());
}
