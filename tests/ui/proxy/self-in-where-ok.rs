use weakref_core::proxy;

#[proxy]
trait Sensor<T>
where
    T: for<'a> PartialEq<&'a f64>,
{
    fn degrees(&self) -> T;
}

fn main() {}
