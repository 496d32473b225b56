use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn name(&self) -> &str;
}

fn main() {}
