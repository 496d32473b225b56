use weakref_core::proxy;

#[proxy]
trait Sensor {
    #[proxy(skip)]
    fn name(&self) -> Option<&str> {
        None
    }
}

fn main() {}
