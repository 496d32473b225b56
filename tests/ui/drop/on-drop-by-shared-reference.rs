use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(on_drop = close)]
struct File {
    slot: WeakSlot,
}

fn close(_: &File) {}

fn main() {}
