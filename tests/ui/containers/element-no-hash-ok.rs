use std::sync::Arc;
use weakref_core::{PtrWeakSet, Slotted};

fn main() {
    let owner = Arc::new(Slotted::new(1.5));
    let set = PtrWeakSet::new();
    assert!(set.insert(&owner));
}
