use weakref_core::weakrefable;

#[weakrefable(local)]
#[weakref(on_drop = close)]
struct Drawing {
    shape: Shape,
}

enum Shape {
    Dot,
}

fn close(_: &mut Drawing) {}

fn main() {}
