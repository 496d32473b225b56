use weakref_core::weakrefable;

#[weakrefable]
#[derive(Clone)]
struct Point {
    x: u32,
}

impl Copy for Point {}

fn main() {}
