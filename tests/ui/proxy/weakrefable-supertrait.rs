use std::sync::Arc;

use weakref_core::{Proxy, Shared, Weakrefable, proxy};

#[proxy]
trait Sensor: Weakrefable<Flavor = Shared> {
    fn degrees(&self) -> f64;
}

fn watch(sensor: &Arc<dyn Sensor>) -> Proxy<dyn Sensor> {
    Proxy::new(sensor)
}

fn main() {}
