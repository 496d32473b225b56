use weakref_core::weakrefable;

#[derive(Default)]
#[weakrefable]
struct Image {
    name: &'static str,
}

fn main() {
    let _value = Image::default();
}
