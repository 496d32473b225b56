use std::sync::Arc;

use weakref_core::{Proxy, Slotted};

fn main() {
    let double = Arc::new(Slotted::new(|n: i32| 2 * n));
    assert_eq!(Proxy::new(&double).call(21), 42);
}
