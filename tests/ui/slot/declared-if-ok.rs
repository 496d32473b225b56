use weakref_core::{WeakSlot, weakrefable};

#[weakrefable]
struct Image {
    name: String,
    #[cfg(any())]
    slot: WeakSlot,
    #[cfg(any())]
    gone: WeakSlot,
}

fn main() {}
