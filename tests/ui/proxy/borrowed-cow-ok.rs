use std::borrow::Cow;

use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn name(&self) -> Cow<'static, str>;
}

fn main() {}
