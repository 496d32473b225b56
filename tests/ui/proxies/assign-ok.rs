use std::sync::{Arc, Mutex};

use weakref_core::{Proxy, Slotted};

fn main() {
    let owner = Arc::new(Slotted::new(Mutex::new(5)));
    let mut proxy = Proxy::new(&owner);
    proxy += 1;
    assert_eq!(*owner.lock().unwrap(), 6);
}
