use std::sync::Arc;

use weakref_core::{WeakSlot, Weakrefable, weakref_count};

#[derive(Weakrefable)]
struct Image {
    name: String,
    slot: WeakSlot,
}

fn count(image: &Arc<Image>) -> usize {
    weakref_count(image)
}

fn main() {}
