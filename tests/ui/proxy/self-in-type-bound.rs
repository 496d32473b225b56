use weakref_core::proxy;

#[proxy]
trait Sensor {
    type Unit: PartialEq<Self>;
    fn unit(&self) -> Self::Unit;
}

fn main() {}
