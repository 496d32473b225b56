use std::sync::Arc;
use weakref_core::{Slotted, WeakKeyMap};

fn main() {
    let owner = Arc::new(Slotted::new("key"));
    let map = WeakKeyMap::from([(owner.clone(), String::from("text"))]);
    let text = map.with(&*owner, |text| text.clone());
    assert_eq!(text.unwrap(), "text");
}
