macro_rules! number {
    ($name:ident) => {
        fn $name(&self) -> f64;
    };
}

use weakref_core::proxy;

#[proxy]
trait Sensor {
    number!(degrees);
}

fn main() {}
