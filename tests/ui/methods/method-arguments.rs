use std::sync::Arc;

use weakref_core::{WeakMethod, new, weakrefable};

#[weakrefable]
struct Listener {
    name: String,
}

impl Listener {
    fn hear(&self, word: &str) -> String {
        format!("{} hears {word}", self.name)
    }
}

fn main() {
    let ann = Arc::new(new!(Listener { name: "ann".into() }));
    let method = WeakMethod::new(&ann, Listener::hear);
    assert_eq!(method.call("hello"), "ann hears hello");
}
