use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(on_drop = close)]
struct Image {
    #[weakref]
    slot: WeakSlot,
}

fn close(_: &mut Image) {}

fn main() {}
