use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn reset(&self);
}

fn main() {}
