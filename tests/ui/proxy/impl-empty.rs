use weakref_core::{proxy, weakrefable};

#[weakrefable]
struct Thermometer {
    name: String,
}

#[proxy]
impl Thermometer {
    fn new(name: &str) -> Self {
        weakref_core::new!(Self { name: name.into() })
    }
}

fn main() {}
