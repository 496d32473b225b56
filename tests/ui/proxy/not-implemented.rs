use weakref_core::{Proxy, proxy, weakrefable};

#[proxy]
trait Sensor {
    fn degrees(&self) -> f64;
}

#[weakrefable]
struct Barometer;

fn degrees(barometer: &Proxy<Barometer>) -> f64 {
    barometer.degrees()
}

fn main() {}
