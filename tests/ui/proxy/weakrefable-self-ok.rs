use weakref_core::{Weakrefable, proxy};

#[proxy]
trait Sensor {
    fn degrees(&self) -> f64;
}

fn watched<T: Sensor + Weakrefable>(sensor: &T) {
    sensor.weak_slot();
}

fn main() {}
