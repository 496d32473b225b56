use weakref_core::proxy;

#[proxy]
trait Sensor: Sized {
    type Unit<T>
    where
        T: From<f64>;
    fn degrees(&self) -> f64;
}

fn main() {}
