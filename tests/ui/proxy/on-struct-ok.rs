use weakref_core::{proxy, weakrefable};

#[weakrefable]
pub struct Thermometer {
    degrees: f64,
}

#[proxy]
impl Thermometer {
    fn degrees(&self) -> f64 {
        self.degrees
    }
}

fn main() {}
