use weakref_core::proxy;

#[proxy]
trait Sensor: Sized {
    const COLDEST: Option<Self>;
}

fn main() {}
