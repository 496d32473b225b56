use weakref_core::{WeakSlot, Weakrefable};

macro_rules! with_attribute {
    ($meta:meta, $item:item) => {
        #[derive(Weakrefable)]
        #[$meta]
        $item
    };
}

with_attribute! {
    repr(packed),
    struct Header {
        kind: u8,
        slot: WeakSlot,
    }
}

fn main() {}
