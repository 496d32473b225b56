use weakref_core::{WeakSlot, weakrefable};

#[weakrefable]
struct Image {
    name: String,
    #[cfg(all())]
    slot: WeakSlot,
    #[cfg(any())]
    gone: WeakSlot,
}

fn main() {}
