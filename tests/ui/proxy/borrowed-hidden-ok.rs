use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn name(&self) -> String;
}

fn main() {}
