use weakref_core::weakrefable;

#[weakrefable]
struct Marker;

fn main() {}
