use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
struct Image(WeakSlot, weakref_core::WeakSlot);

fn main() {}
