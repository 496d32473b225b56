use weakref_core::proxy;

#[proxy(name = Attempt)]
trait Sensor {
    fn degrees(&self) -> f64;
}

fn main() {}
