use std::sync::Arc;

use weakref_core::{new, weak_fn, weakrefable};

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
    let hear = weak_fn!(&ann, |ann, word: &str| ann.hear(word));
    assert_eq!(hear("hello").as_deref(), Some("ann hears hello"));
}
