use std::borrow::Cow;

use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn name(&self) -> Cow<'_, str>;
}

fn main() {}
