use weakref_core::proxy;

#[proxy]
trait Sensor {
    type Unit;
    fn unit(&self) -> Self::Unit;
}

fn main() {}
