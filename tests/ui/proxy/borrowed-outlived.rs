use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn name<'a: 'b, 'b>(&'a self, other: &'b str) -> &'b str;
}

fn main() {}
