use weakref_core::weakrefable;
use weakref_tests_attrs::unchanged;

#[weakrefable]
#[unchanged]
struct Header {
    kind: u8,
}

fn main() {}
