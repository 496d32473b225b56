use std::sync::Arc;

use weakref_core::{Shared, WeakRef, Weakrefable, flavor::Pointer};

fn watch<T: Weakrefable<Flavor = Shared>>(owner: &Arc<T>) {
    let _weak = WeakRef::new(owner);
}

fn watch_any<T: Weakrefable, P: Pointer<Referent = T>>(owner: &P) {
    let _weak = WeakRef::new(owner);
}

fn main() {}
