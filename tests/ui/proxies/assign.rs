use std::sync::Arc;

use weakref_core::{Proxy, Slotted};

fn main() {
    let owner = Arc::new(Slotted::new(5));
    let mut proxy = Proxy::new(&owner);
    proxy += 1;
}
