use weakref_core::proxy;

trait Sensor {
    fn degrees(&self) -> f64;
}

#[proxy]
impl Sensor for f64 {
    fn degrees(&self) -> f64 {
        *self
    }
}

fn main() {}
