use std::sync::Arc;

use weakref_core::{Proxy, Slotted};

fn same<T: Eq>(one: &T, other: &T) -> bool {
    one == other
}

fn main() {
    let owner = Arc::new(Slotted::new(7));
    let proxy = Proxy::new(&owner);
    assert!(same(&proxy, &proxy));
}
