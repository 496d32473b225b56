use weakref_core::proxy;

trait Sensor {
    #[proxy]
    fn degrees(&self) -> f64;
}

fn main() {}
