use std::sync::Arc;

use weakref_core::{Slotted, WeakMethod};

fn len(text: &Slotted<String>) -> usize {
    text.len()
}

fn main() {
    let text = Arc::new(Slotted::new(String::from("text")));
    let method = WeakMethod::new(&text, len);
    method.call(());
}
