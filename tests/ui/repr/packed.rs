use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[repr(C, packed)]
struct Header {
    kind: u8,
    slot: WeakSlot,
}

fn main() {}
