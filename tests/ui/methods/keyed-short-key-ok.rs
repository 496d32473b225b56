use std::sync::Arc;

use weakref_core::{KeyedRef, Slotted};

fn replace<'a>(mut keyed: KeyedRef<&'a str, Slotted<i32>>, other: &'a str) {
    let _ = keyed.set_key(other);
    std::mem::forget(keyed);
}

fn main() {
    let owner = Arc::new(Slotted::new(7));
    let keyed = KeyedRef::new(&owner, "long", |dead: &KeyedRef<&'static str, _>| {
        println!("{}", dead.key());
    });
    replace(keyed, "as long");
    drop(owner);
}
