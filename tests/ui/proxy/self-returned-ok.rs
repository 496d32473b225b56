use weakref_core::proxy;

#[proxy]
trait Sensor {
    #[proxy(skip)]
    fn calibrated(&self) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }
}

fn main() {}
