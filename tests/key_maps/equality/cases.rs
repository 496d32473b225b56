//! `WeakKeyMap` with an ordinary hasher.

use weakref_core::{Stored, WeakKeyMap};

pub(crate) use super::{BUSY, Here, Ptr, Weak, things};

pub(crate) type Map<K, V> = WeakKeyMap<K, V>;

pub(crate) fn with_capacity<V: Stored<Here>>(capacity: usize) -> Map<things::Thing, V> {
    Map::with_capacity(capacity)
}

#[path = "../both/cases.rs"]
mod both;

mod equal_keys;
mod hashers;
mod meanwhile;
mod searches;
