use weakref_core::proxy;

trait Sensor {}

#[proxy(name = SensorProxy)]
impl dyn Sensor {
    fn degrees(&self) -> f64 {
        0.0
    }
}

fn main() {}
