use weakref_core::Weakrefable;

#[derive(Weakrefable)]
struct Image(weakref_core::WeakSlot);

fn main() {}
