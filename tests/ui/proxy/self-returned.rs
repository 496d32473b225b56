use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn calibrated(&self) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }
}

fn main() {}
