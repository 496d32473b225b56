use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn name<'a>(&self, other: &'a str) -> &'a str;
}

fn main() {}
