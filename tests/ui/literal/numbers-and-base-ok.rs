use weakref_core::{new, weakrefable};

#[weakrefable]
struct Id(u32, &'static str);

fn main() {
    let base = new!(Id(3, "dawn"));
    let _value = new!(Id { 0: 4, 1: base.1 });
}
