use weakref_core::proxy;

#[proxy]
trait Sensor {
    type Unit;
}

fn main() {}
