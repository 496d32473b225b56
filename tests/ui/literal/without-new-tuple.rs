use weakref_core::weakrefable;

#[weakrefable]
struct Id(u32);

fn main() {
    let _value = Id(3);
}
