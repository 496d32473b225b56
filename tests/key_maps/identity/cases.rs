//! `PtrWeakKeyMap`.

use weakref_core::{PtrWeakKeyMap, Stored};

pub(crate) use super::{BUSY, Here, Ptr, Usable, Weak, things};

pub(crate) type Map<K, V> = PtrWeakKeyMap<K, V>;

pub(crate) fn with_capacity<V: Stored<Here>>(capacity: usize) -> Map<things::Thing, V> {
    Map::with_capacity(capacity)
}

#[path = "../both/cases.rs"]
mod both;

mod objects;
