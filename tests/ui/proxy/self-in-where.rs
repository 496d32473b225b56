use weakref_core::proxy;

#[proxy]
trait Sensor<T>
where
    T: for<'a> PartialEq<&'a Self>,
{
    fn degrees(&self) -> T;
}

fn main() {}
