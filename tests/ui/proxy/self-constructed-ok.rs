use weakref_core::proxy;

#[proxy]
trait Sensor {
    #[proxy(skip)]
    fn new() -> Self
    where
        Self: Sized,
    {
        panic!("it is made elsewhere")
    }
}

fn main() {}
