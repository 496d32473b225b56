use weakref_core::proxy;

#[proxy]
trait Sensor {
    #[proxy(skip)]
    fn keep(&'static self) {}
}

fn main() {}
