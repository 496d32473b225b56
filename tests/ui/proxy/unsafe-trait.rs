use weakref_core::proxy;

#[proxy]
unsafe trait Sensor {
    fn degrees(&self) -> f64;
}

fn main() {}
