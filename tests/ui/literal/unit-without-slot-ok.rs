use weakref_core::{new, weakrefable};

#[weakrefable]
struct Marker;

fn main() {
    let _value = new!(Marker);
}
