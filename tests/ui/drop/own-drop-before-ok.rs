use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(on_drop = Self::close)]
struct File<T> {
    path: T,
    slot: WeakSlot,
}

impl<T> File<T> {
    fn close(&mut self) {}
}

fn main() {}
