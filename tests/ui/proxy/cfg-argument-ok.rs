use weakref_core::proxy;

#[proxy]
trait Sensor {
    #[cfg(all())]
    fn degrees(&self, scale: f64) -> f64;
    #[cfg(not(all()))]
    fn degrees(&self) -> f64;
}

fn main() {}
