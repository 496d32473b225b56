use weakref_core::proxy;

#[proxy]
trait Sensor {
    #[proxy(skipped)]
    fn degrees(&self) -> f64 {
        0.0
    }
}

fn main() {}
