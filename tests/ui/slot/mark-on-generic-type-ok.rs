use weakref_core::{WeakSlot, Weakrefable};

#[derive(Weakrefable)]
#[weakref(on_drop = close)]
struct Holder<T> {
    value: Vec<T>,
    #[weakref]
    slot: WeakSlot,
}

fn close<T>(_: &mut Holder<T>) {}

fn main() {}
