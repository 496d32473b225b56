use weakref_core::proxy;

#[proxy(crate = 3)]
trait Sensor {
    fn degrees(&self) -> f64;
}

fn main() {}
