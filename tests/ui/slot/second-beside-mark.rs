use weakref_core::{Local, WeakSlot, Weakrefable};

#[derive(Weakrefable)]
struct Image<T> {
    value: T,
    #[weakref]
    slot: WeakSlot<Local>,
    second: WeakSlot<Local>,
}

fn main() {}
