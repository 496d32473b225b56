use std::sync::Arc;

use weakref_core::{PtrWeakKeyMap, new, weakrefable};

#[weakrefable]
struct Image {
    name: String,
}

fn main() {
    let sizes: PtrWeakKeyMap<Image, u32> = PtrWeakKeyMap::new();
    let image = Arc::new(new!(Image { name: "dawn".into() }));
    sizes.insert(&image, 3);
}
