use weakref_core::weakrefable;

#[weakrefable(on_drop = close, drop = "slot")]
struct File {
    path: String,
}

fn close(_: &mut File) {}

fn main() {}
