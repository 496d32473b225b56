use weakref_core::proxy;

trait Scale {
    type Unit;
}

#[proxy]
trait Sensor: Scale {
    fn unit(&self) -> Self::Unit;
}

fn main() {}
