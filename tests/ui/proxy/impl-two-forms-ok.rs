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
    #[proxy(skip)]
    fn try_len(&self) -> Option<usize> {
        Some(self.name.len())
    }
}

fn main() {}
