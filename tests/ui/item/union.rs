use std::sync::Arc;

use weakref_core::{WeakRef, weakrefable};

#[weakrefable]
union Bits {
    int: u32,
    float: f32,
}

fn main() {
    let value = Arc::new(Bits { int: 0 });
    let _weak = WeakRef::new(&value);
}
