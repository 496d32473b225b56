use std::sync::Arc;

use weakref_core::{Slotted, WeakRef};

union Bits {
    int: u32,
    float: f32,
}

fn main() {
    let value: Arc<Slotted<Bits>> = Arc::new(Slotted::new(Bits { int: 0 }));
    let _weak = WeakRef::new(&value);
}
