//! A set does not own what it interns.
#![deny(unused_must_use)]

use std::sync::Arc;

use weakref_core::{Slotted, WeakSet};

fn main() {
    let owner = Arc::new(Slotted::new(7));
    WeakSet::from([owner]).intern(Slotted::new(8));
}
