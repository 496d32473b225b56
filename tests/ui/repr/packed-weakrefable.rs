use weakref_core::weakrefable;

#[weakrefable]
#[repr(packed(2))]
struct Header {
    kind: u8,
}

fn main() {}
