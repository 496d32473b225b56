use weakref_core::proxy;

#[proxy]
trait Sensor: Sized {
    type Unit<T>
    where
        T: From<Self>;
    fn degrees(&self) -> f64;
}

fn main() {}
