use std::sync::Arc;

use weakref_core::{WeakKeyMap, new, weakrefable};

#[weakrefable]
struct Image {
    name: String,
}

fn main() {
    let sizes: WeakKeyMap<Image, u32> = WeakKeyMap::new();
    let image = Arc::new(new!(Image { name: "dawn".into() }));
    sizes.insert(&image, 3);
}
