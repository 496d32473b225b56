use std::sync::Arc;
use weakref_core::{Slotted, WeakSet};

fn main() {
    let owner = Arc::new(Slotted::new(String::from("word")));
    let words = WeakSet::new();
    words.update([&owner]);
}
