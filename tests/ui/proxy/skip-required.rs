use weakref_core::proxy;

#[proxy]
trait Sensor {
    #[proxy(skip)]
    fn degrees(&self) -> f64;
}

fn main() {}
