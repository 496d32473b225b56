//! The callback of a keyed reference is cancelled when the reference is dropped.
#![deny(unused_must_use)]

use std::sync::Arc;

use weakref_core::{KeyedRef, Slotted};

fn main() {
    let owner = Arc::new(Slotted::new(7));
    let _keyed = KeyedRef::new(&owner, "seven", |_| println!("called"));
}
