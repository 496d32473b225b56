use weakref_core::{new, weakrefable};

#[weakrefable]
struct Image {
    name: &'static str,
    size: usize,
}

fn main() {
    let name = "dawn";
    let _value = new!(Image { name, size: name.len() });
}
