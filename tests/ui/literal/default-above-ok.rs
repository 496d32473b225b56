use weakref_core::weakrefable;

#[weakrefable]
#[derive(Default)]
struct Image {
    name: &'static str,
}

fn main() {
    let _value = Image::default();
}
