use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn new() -> Self;
}

fn main() {}
