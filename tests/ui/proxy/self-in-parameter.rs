use weakref_core::proxy;

#[proxy]
trait Sensor<T: From<Self>>: Sized {
    fn degrees(&self) -> T;
}

fn main() {}
