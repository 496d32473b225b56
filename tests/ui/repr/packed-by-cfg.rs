use weakref_core::weakrefable;

#[weakrefable]
#[cfg_attr(all(), repr(packed))]
struct Header {
    kind: u8,
}

fn main() {}
