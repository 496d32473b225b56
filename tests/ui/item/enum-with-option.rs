use weakref_core::weakrefable;

#[weakrefable(local)]
#[weakref(on_drop = close)]
enum Shape {
    Dot,
}

fn close(_: &mut Shape) {}

fn main() {}
