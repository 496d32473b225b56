use weakref_core::proxy;

#[proxy]
trait Sensor: Clone {
    type Unit;
    fn degrees(&self) -> f64;
}

fn main() {}
