use std::sync::Arc;

use weakref_core::{Slotted, WeakMethod};

fn main() {
    let text = Arc::new(Slotted::new(String::from("text")));
    let len = |text: &Slotted<String>| text.len();
    let log = Arc::new(());
    let _method = WeakMethod::with_callback(&text, len, move |_: &WeakMethod<_, _>| drop(log));
}
