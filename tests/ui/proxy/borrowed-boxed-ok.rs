use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn names(&self) -> Box<dyn Iterator<Item = u8>>;
}

fn main() {}
