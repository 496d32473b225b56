use weakref_core::weakrefable;

#[weakrefable]
#[derive(Clone, Debug)]
struct Point {
    x: u32,
}

fn main() {}
