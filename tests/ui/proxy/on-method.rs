use weakref_core::{proxy, weakrefable};

#[weakrefable]
struct Thermometer {
    degrees: f64,
}

impl Thermometer {
    #[proxy]
    fn degrees(&self) -> f64 {
        self.degrees
    }
}

fn main() {}
