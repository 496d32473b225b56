use std::sync::Arc;

use weakref_core::{Proxy, Slotted, proxy};

#[proxy]
trait Sensor {
    fn degrees(&self) -> f64;
}

fn watch(sensor: &Arc<Slotted<dyn Sensor>>) -> Proxy<Slotted<dyn Sensor>> {
    Proxy::new(sensor)
}

fn main() {}
