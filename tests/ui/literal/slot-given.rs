use weakref_core::{new, weakrefable};

#[weakrefable]
struct Image {
    name: &'static str,
    size: u32,
}

fn main() {
    let _value = new!(Image { name: "dawn", size: 3, __weakref__set_by_new_macro: Default::default() });
}
