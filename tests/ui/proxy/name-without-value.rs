use weakref_core::proxy;

#[proxy(name)]
trait Sensor {
    fn degrees(&self) -> f64;
}

fn main() {}
