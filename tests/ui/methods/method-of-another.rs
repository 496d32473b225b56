use std::sync::Arc;

use weakref_core::{Slotted, WeakMethod};

fn main() {
    let text = Arc::new(Slotted::new(String::from("text")));
    let method = WeakMethod::new(&text, |n: &Slotted<i32>| n.abs());
    method.call(());
}
