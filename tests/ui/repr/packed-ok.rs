use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[repr(C)]
struct Header {
    kind: u8,
    slot: WeakSlot,
}

fn main() {}
