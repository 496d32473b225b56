use std::sync::Arc;

use weakref_core::{WeakSet, new, weakrefable};

#[weakrefable]
#[derive(PartialEq, Eq, Hash)]
struct Image {
    name: String,
}

fn main() {
    let seen: WeakSet<Image> = WeakSet::new();
    seen.insert(&Arc::new(new!(Image { name: "dawn".into() })));
}
