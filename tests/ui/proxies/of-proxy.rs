use weakref_core::{Proxy, Slotted};

#[allow(dead_code)]
struct Holder {
    proxy: Proxy<Proxy<Slotted<i32>>>,
}

fn main() {
    assert!(None::<Holder>.is_none());
}
