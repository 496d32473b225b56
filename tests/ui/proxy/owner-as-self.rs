use std::sync::Arc;

use weakref_core::proxy;

#[proxy]
trait Sensor {
    fn keep(self: Arc<Self>);
}

fn main() {}
