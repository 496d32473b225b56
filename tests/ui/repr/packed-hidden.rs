use weakref_core::{WeakSlot, Weakrefable};
use weakref_tests_attrs::packed;

#[derive(Weakrefable)]
#[weakref(on_drop = close)]
#[packed]
struct Header {
    kind: u8,
    slot: WeakSlot,
}

fn close(_: &mut Header) {}

fn main() {}
