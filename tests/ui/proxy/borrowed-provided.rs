use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn name(&self) -> Option<&str> {
        None
    }
}

fn main() {}
