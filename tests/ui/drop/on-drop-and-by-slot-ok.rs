use weakref_core::weakrefable;

#[weakrefable(on_drop = close)]
struct File {
    path: String,
}

fn close(_: &mut File) {}

fn main() {}
