use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn into_degrees(self) -> f64
    where
        Self: Sized,
    {
        0.0
    }
}

fn main() {}
