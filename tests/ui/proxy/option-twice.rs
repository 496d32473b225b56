use weakref_core::proxy;

#[proxy(name = Attempt, name = Other)]
trait Sensor {
    fn degrees(&self) -> f64;
}

fn main() {}
