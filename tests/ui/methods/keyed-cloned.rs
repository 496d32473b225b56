use std::sync::Arc;

use weakref_core::{KeyedRef, Slotted};

fn main() {
    let owner = Arc::new(Slotted::new(7));
    let keyed = KeyedRef::new(&owner, "seven", |_| ());
    let same: KeyedRef<&str, Slotted<i32>> = keyed.clone();
    drop(same);
}
