use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn degrees(&self, #[cfg(all())] scale: f64) -> f64;
}

fn main() {}
