use weakref_core::proxy;

#[proxy]
trait Sensor {
    async fn name(&self) -> &str;
}

fn main() {}
