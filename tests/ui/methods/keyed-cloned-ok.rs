use std::sync::Arc;

use weakref_core::{KeyedRef, Slotted, WeakRef};

fn main() {
    let owner = Arc::new(Slotted::new(7));
    let keyed = KeyedRef::new(&owner, "seven", |_| ());
    let plain: WeakRef<Slotted<i32>> = keyed.downgrade();
    drop(plain.clone());
}
