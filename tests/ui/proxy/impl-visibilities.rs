mod outer {
    mod inner {
        use weakref_core::{proxy, weakrefable};

        #[weakrefable]
        struct Thermometer;

        #[proxy]
        impl Thermometer {
            pub(super) fn degrees(&self) -> f64 {
                0.0
            }
            pub(in crate::outer) fn text(&self) -> String {
                String::new()
            }
        }
    }
}

fn main() {}
