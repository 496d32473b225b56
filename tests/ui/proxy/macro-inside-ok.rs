use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn degrees(&self) -> f64;
}

fn main() {}
