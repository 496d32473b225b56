use weakref_core::{proxy, weakrefable};

#[weakrefable]
struct Thermometer {
    name: String,
}

#[proxy]
impl Thermometer {
    #[proxy(skip)]
    fn rename(&mut self, name: &str) {
        self.name = name.into();
    }
    fn len(&self) -> usize {
        self.name.len()
    }
}

fn main() {}
