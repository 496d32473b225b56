use std::sync::Arc;

use weakref_core::{Slotted, WeakMethod};

fn abs(n: &Slotted<i32>) -> i32 {
    n.abs()
}

fn main() {
    let text = Arc::new(Slotted::new(String::from("text")));
    let method = WeakMethod::new(&text, abs);
    method.call(());
}
