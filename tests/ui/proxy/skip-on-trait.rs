use weakref_core::proxy;

#[proxy(skip)]
trait Sensor {
    fn degrees(&self) -> f64;
}

fn main() {}
