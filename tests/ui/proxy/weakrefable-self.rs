use weakref_core::{Weakrefable, proxy};

#[proxy]
trait Sensor
where
    Self: Weakrefable,
{
    fn degrees(&self) -> f64;
}

fn watched<T: Sensor>(sensor: &T) {
    sensor.weak_slot();
}

fn main() {}
