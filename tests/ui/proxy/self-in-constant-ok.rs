use weakref_core::proxy;

#[proxy]
trait Sensor: Sized {
    const COLDEST: Option<f64>;
}

fn main() {}
