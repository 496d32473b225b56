use weakref_core::Weakrefable;

struct WeakSlot;

#[derive(Weakrefable)]
struct Image {
    slot: weakref_core::WeakSlot,
}

fn main() {}
