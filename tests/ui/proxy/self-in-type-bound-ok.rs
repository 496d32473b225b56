use weakref_core::proxy;

#[proxy]
trait Sensor {
    type Unit;
    fn unit(&self) -> Self::Unit;
}

fn is<S: Sensor>(sensor: &S) -> bool
where
    S::Unit: PartialEq<S>,
{
    sensor.unit() == *sensor
}

fn main() {}
