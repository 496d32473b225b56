use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn names<'a>(&'a self) -> impl Iterator<Item = u8> + use<'a, Self>;
}

fn main() {}
