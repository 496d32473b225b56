use weakref_core::new;

struct Marker;

fn main() {
    let _value = new!(Marker);
}
