use weakref_core::{Proxy, proxy, weakrefable};

#[proxy]
trait Sensor {
    fn degrees(&self) -> f64;
}

#[weakrefable]
struct Barometer;

impl Sensor for Barometer {
    fn degrees(&self) -> f64 {
        0.0
    }
}

fn degrees(barometer: &Proxy<Barometer>) -> f64 {
    barometer.degrees()
}

fn main() {}
