use std::hash::Hash;
use std::sync::Arc;

use weakref_core::{Proxy, Slotted};

fn hash(_: impl Hash) {}

fn main() {
    let owner = Arc::new(Slotted::new(7));
    let proxy = Proxy::new(&owner);
    hash(proxy);
}
