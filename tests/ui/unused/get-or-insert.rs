//! A map does not own what it inserts.
#![deny(unused_must_use)]

use std::sync::Arc;

use weakref_core::{Slotted, WeakValueMap};

fn main() {
    let owner = Arc::new(Slotted::new(7));
    WeakValueMap::<_, Slotted<i32>>::new().get_or_insert_with("seven", || owner);
}
