use std::sync::Arc;

use weakref_core::{Slotted, WeakMethod};

fn main() {
    let text = Arc::new(Slotted::new(String::from("text")));
    let len = Arc::new(|text: &Slotted<String>| text.len());
    let _method = WeakMethod::with_weak_fn(&text, &len);
}
