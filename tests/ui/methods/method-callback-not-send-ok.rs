use std::sync::Arc;

use weakref_core::{Slotted, WeakMethod};

type Text = Slotted<String>;
type Len = fn(&Text) -> usize;

fn logger(log: Arc<()>) -> impl FnOnce(&WeakMethod<Text, Len>) {
    move |_| drop(log)
}

fn main() {
    let text = Arc::new(Text::new(String::from("text")));
    let len: Len = |text| text.len();
    let _method = WeakMethod::with_callback(&text, len, logger(Arc::new(())));
}
