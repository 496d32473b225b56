use weakref_core::{new, weakrefable};

#[weakrefable]
struct Id(u32, &'static str);

fn main() {
    let _value = new!(Id(3, "dawn"));
}
