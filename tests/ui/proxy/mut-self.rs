use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn reset(&mut self);
}

fn main() {}
