use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
struct File {
    path: String,
    slot: WeakSlot,
}

impl Drop for File {
    fn drop(&mut self) {}
}

fn main() {}
