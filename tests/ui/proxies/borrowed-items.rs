use std::sync::Arc;

use weakref_core::{Proxy, Slotted};

fn main() {
    let owner = Arc::new(Slotted::new(vec![1, 2, 3]));
    let proxy = Proxy::new(&owner);
    let mut sum = 0;
    for number in &proxy {
        sum += *number;
    }
    assert_eq!(sum, 6);
}
