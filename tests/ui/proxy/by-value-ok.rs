use weakref_core::proxy;

#[proxy]
trait Sensor {
    #[proxy(skip)]
    fn into_degrees(self) -> f64
    where
        Self: Sized,
    {
        0.0
    }
}

fn main() {}
