use weakref_core::proxy;

#[proxy]
trait Sensor {
    #[proxy(skip)]
    type Unit;
}

fn main() {}
