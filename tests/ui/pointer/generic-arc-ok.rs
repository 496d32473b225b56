use std::sync::Arc;

use weakref_core::{Pointer, Shared, WeakRef, Weakrefable};

fn watch<T: Weakrefable<Flavor = Shared>>(owner: &Arc<T>) {
    let _weak = WeakRef::new(owner);
}

fn watch_any<T: Weakrefable, P: Pointer<Referent = T>>(owner: &P) {
    let _weak = WeakRef::new(owner);
}

fn main() {}
