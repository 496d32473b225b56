use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn keep(&'static self) {}
}

fn main() {}
