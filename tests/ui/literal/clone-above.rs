use weakref_core::{new, weakrefable};

#[derive(Clone)]
#[weakrefable]
struct Image {
    name: &'static str,
}

fn main() {
    let _value = new!(Image { name: "dawn" }).clone();
}
