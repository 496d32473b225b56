use std::sync::Arc;

use weakref_core::{KeyedRef, Slotted};

/// Puts a key there that does not live as long as the callback believes.
fn lend<'a>(mut keyed: KeyedRef<&'a str, Slotted<i32>>, short: &'a str) {
    let _ = keyed.set_key(short);
    std::mem::forget(keyed);
}

fn main() {
    let owner = Arc::new(Slotted::new(7));
    let keyed = KeyedRef::new(&owner, "long", |dead: &KeyedRef<&'static str, _>| {
        println!("{}", dead.key());
    });
    {
        let short = String::from("short");
        lend(keyed, &short);
    }
    drop(owner);
}
