use weakref_core::{proxy, weakrefable};

#[weakrefable]
struct Thermometer {
    name: String,
}

#[proxy]
impl Thermometer {
    fn len(&self) -> usize {
        self.name.len()
    }
    fn try_len(&self) -> Option<usize> {
        Some(self.name.len())
    }
}

fn main() {}
