use std::{cell::Cell, sync::Arc};

use weakref_core::{KeyedRef, Slotted};

fn main() {
    let owner = Arc::new(Slotted::new(7));
    let keyed = KeyedRef::new(&owner, Cell::new(0), |_| ());
    keyed.key().set(1);
}
