use weakref_core::{WeakSlot, Weakrefable};
use weakref_tests_attrs::unchanged;

#[derive(Weakrefable)]
#[weakref(on_drop = close)]
#[unchanged]
struct Header {
    kind: u8,
    slot: WeakSlot,
}

fn close(_: &mut Header) {}

fn main() {}
