use std::sync::Arc;

use weakref_core::{Proxy, Slotted, reference::CallableProxy};

fn main() {
    let double: Arc<Slotted<dyn Fn(i32) -> i32>> = Arc::new(Slotted::new(|n| 2 * n));
    let proxy: CallableProxy<dyn Fn(i32) -> i32> = Proxy::new(&double);
    assert_eq!(proxy.call((21,)), 42);
}
