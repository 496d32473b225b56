use weakref_core::weakrefable;

#[weakrefable]
#[derive(Clone, Copy, Debug)]
struct Point {
    x: u32,
}

fn main() {}
