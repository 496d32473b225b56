use std::sync::Arc;

use weakref_core::{WeakRef, Weakrefable};

fn watch<T: Weakrefable>(owner: &Arc<T>) {
    let _weak = WeakRef::new(owner);
}

fn main() {}
