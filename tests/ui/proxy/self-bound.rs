use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn text(&self) -> String
    where
        Self: Clone,
    {
        String::new()
    }
}

fn main() {}
