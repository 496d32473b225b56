use weakref_core::weakrefable;

#[weakrefable(locl, drop = "slots", on_drop = "close")]
struct Node {
    id: u32,
}

fn close(_: &mut Node) {}

fn main() {}
