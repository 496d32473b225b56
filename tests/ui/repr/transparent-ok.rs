use weakref_core::{WeakSlot, Weakrefable, weakrefable};

#[weakrefable]
struct Id(u32);

#[derive(Weakrefable)]
#[repr(transparent)]
struct Declared(WeakSlot);

fn main() {}
