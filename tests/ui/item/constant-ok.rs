use weakref_core::weakrefable;

#[weakrefable]
struct Ear {
    hear: fn(),
}

fn main() {}
