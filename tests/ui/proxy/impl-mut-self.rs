use weakref_core::{proxy, weakrefable};

#[weakrefable]
struct Thermometer {
    name: String,
}

#[proxy]
impl Thermometer {
    fn rename(&mut self, name: &str) {
        self.name = name.into();
    }
}

fn main() {}
