use std::sync::Arc;
use weakref_core::{PtrWeakSet, Slotted};

fn main() {
    let owner = Arc::new(Slotted::new(String::from("word")));
    let set = PtrWeakSet::from([owner.clone()]);
    assert!(set.contains(&owner));
}
