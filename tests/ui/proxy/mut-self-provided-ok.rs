use weakref_core::proxy;

#[proxy]
trait Sensor {
    #[proxy(skip)]
    fn reset(&mut self) {}
}

fn main() {}
