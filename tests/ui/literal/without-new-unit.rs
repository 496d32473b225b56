use weakref_core::weakrefable;

#[weakrefable]
struct Marker;

fn main() {
    let _value = Marker;
}
