use std::cell::Ref;

use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn name(&self) -> Ref<String>;
}

fn main() {}
