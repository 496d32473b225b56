use std::sync::Arc;

use weakref_core::{WeakRef, new, weakrefable};

#[weakrefable(on_death = close)]
struct Image {
    name: String,
}

fn close(_: &mut Image) {}

fn main() {
    let image = Arc::new(new!(Image { name: String::new() }));
    let _weak = WeakRef::new(&image);
}
