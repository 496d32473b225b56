//! A callback is cancelled when its reference is dropped.
#![deny(unused_must_use)]

use std::sync::Arc;

use weakref_core::{Slotted, WeakRef};

fn main() {
    let owner = Arc::new(Slotted::new(7));
    let _watch = WeakRef::with_callback(&owner, |_| println!("called"));
}
