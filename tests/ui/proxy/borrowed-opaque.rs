use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn names(&self) -> impl Iterator<Item = u8>;
}

fn main() {}
