use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn is_warmer(&self, than: f64) -> bool;
}

fn main() {}
