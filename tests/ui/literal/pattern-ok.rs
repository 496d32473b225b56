use weakref_core::weakrefable;

#[weakrefable]
struct Image {
    name: &'static str,
}

fn name(image: &Image) -> &'static str {
    let Image { name, .. } = image;
    name
}

fn main() {}
