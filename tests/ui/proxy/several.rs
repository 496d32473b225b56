use weakref_core::{Proxy, proxy};

#[proxy]
trait Sensor {
    fn degrees(&self) -> f64;
    fn name(&self) -> &str;
    fn reset(&mut self);
    fn twin(&self) -> Box<Self>;
    #[proxy(skip)]
    fn kind(&self) -> u8;
}

fn used<T>(proxy: &Proxy<T>) -> Result<f64, weakref_core::error::ReferenceError>
where
    T: Sensor + weakref_core::Weakrefable,
{
    println!("{}", proxy.name());
    proxy.try_degrees()
}

fn main() {}
