use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(drop = "slot")]
struct File {
    path: String,
    slot: WeakSlot,
}

impl Drop for File {
    fn drop(&mut self) {}
}

fn main() {}
