use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn keep(&self);
}

fn main() {}
