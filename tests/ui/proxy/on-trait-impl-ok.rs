use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn degrees(&self) -> f64;
}

impl Sensor for f64 {
    fn degrees(&self) -> f64 {
        *self
    }
}

fn main() {}
