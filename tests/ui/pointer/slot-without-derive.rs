use std::sync::Arc;

use weakref_core::{WeakSlot, weakref_count};

struct Image {
    name: String,
    slot: WeakSlot,
}

fn count(image: &Arc<Image>) -> usize {
    weakref_count(image)
}

fn main() {}
