use weakref_core::weakrefable;

#[weakrefable]
#[cfg_attr(any(), repr(packed))]
struct Header {
    kind: u8,
}

fn main() {}
