use weakref_core::weakrefable;

#[weakrefable]
struct Image {
    name: &'static str,
    size: u32,
}

fn main() {
    let _value = Image { name: "dawn", size: 3 };
}
