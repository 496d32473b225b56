use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
struct Image {
    #[weakref(on_drop = close)]
    slot: WeakSlot,
}

fn close(_: &mut Image) {}

fn main() {}
