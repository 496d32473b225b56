use std::sync::Arc;
use weakref_core::{Slotted, WeakSet};

fn main() {
    let owner = Arc::new(Slotted::new(1.5));
    let set = WeakSet::new();
    assert!(set.insert(&owner));
}
