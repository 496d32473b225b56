use weakref_core::{Slotted, WeakRef};

struct Cache {
    last: WeakRef<Slotted<String>>,
}

fn main() {}
