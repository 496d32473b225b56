//! The callback of a method is cancelled when the method is dropped.
#![deny(unused_must_use)]

use std::sync::Arc;

use weakref_core::{Slotted, WeakMethod};

fn main() {
    let owner = Arc::new(Slotted::new(7));
    WeakMethod::with_callback(&owner, |_: &Slotted<i32>| (), |_| println!("never called"));
}
