//! An owner that is dropped at once may be the last one.
#![deny(unused_must_use)]

use std::sync::Arc;

use weakref_core::{Slotted, WeakRef};

fn main() {
    let owner = Arc::new(Slotted::new(7));
    WeakRef::new(&owner).upgrade();
}
