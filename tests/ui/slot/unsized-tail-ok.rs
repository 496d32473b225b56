use weakref_core::{WeakSlot, Weakrefable, weakrefable};

#[weakrefable]
struct Buffer<T: ?Sized> {
    id: u32,
    value: T,
}

#[derive(Weakrefable)]
struct Tuple<T: ?Sized>(u32, WeakSlot, T);

fn main() {}
