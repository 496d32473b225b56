use weakref_core::proxy;

#[proxy]
trait Sensor<T>: Sized {
    fn degrees(&self) -> T;
}

fn into<T: From<S>, S: Sensor<T>>(sensor: S) -> T {
    sensor.into()
}

fn main() {}
