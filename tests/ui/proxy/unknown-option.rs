use weakref_core::proxy;

#[proxy(nmae = Attempt)]
trait Sensor {
    fn degrees(&self) -> f64;
}

fn main() {}
