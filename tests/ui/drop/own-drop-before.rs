impl<T> Drop for File<T> {
    fn drop(&mut self) {}
}

use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
struct File<T> {
    path: T,
    slot: WeakSlot,
}

fn main() {}
