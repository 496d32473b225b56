use std::sync::Arc;
use weakref_core::{Slotted, WeakKeyMap};

fn main() {
    let owner = Arc::new(Slotted::new(String::from("key")));
    let map = WeakKeyMap::from([(owner.clone(), 7)]);
    assert_eq!(map.get(&owner), Some(7));
}
