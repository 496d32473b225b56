use weakref_core::proxy;

#[proxy(crate = "weakref_core")]
trait Sensor {
    fn degrees(&self) -> f64;
}

fn main() {}
