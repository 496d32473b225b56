use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn is_warmer(&self, other: &Self) -> bool;
}

fn main() {}
