use weakref_core::{proxy, weakrefable};

#[weakrefable]
struct Thermometer {
    name: String,
}

#[proxy]
impl Thermometer {
    fn name(&self) -> &str {
        &self.name
    }
}

fn main() {}
