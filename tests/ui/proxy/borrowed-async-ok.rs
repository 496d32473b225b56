use weakref_core::proxy;

#[proxy]
trait Sensor {
    async fn name(&self) -> String;
}

fn main() {}
