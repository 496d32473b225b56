use weakref_core::Weakrefable;

struct WeakSlot;

#[derive(Weakrefable)]
struct Image {
    slot: WeakSlot,
}

fn main() {}
