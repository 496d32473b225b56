use weakref_core::proxy;

#[proxy]
trait Sensor {
    type Unit
    where
        Self: Clone;
    fn degrees(&self) -> f64;
}

fn main() {}
