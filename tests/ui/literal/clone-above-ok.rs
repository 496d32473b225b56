use weakref_core::{new, weakrefable};

#[weakrefable]
#[derive(Clone)]
struct Image {
    name: &'static str,
}

fn main() {
    let _value = new!(Image { name: "dawn" }).clone();
}
