use std::{cell::Cell, rc::Rc};

use weakref_core::{KeyedRef, Local, Slotted};

fn main() {
    let owner = Rc::new(Slotted::<_, Local>::new(7));
    let keyed = KeyedRef::new(&owner, Cell::new(0), |_| ());
    keyed.key().set(1);
}
