use weakref_core::weakrefable;
use weakref_tests_attrs::packed;

#[weakrefable]
#[packed]
struct Header {
    kind: u8,
}

fn main() {}
