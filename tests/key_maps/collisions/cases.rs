//! `WeakKeyMap` with a hasher for which all keys are the same.

use weakref_core::{Stored, WeakKeyMap};
use weakref_tests::AllAlike;

pub(crate) use super::{BUSY, Here, Ptr, Weak, things};

pub(crate) type Map<K, V> = WeakKeyMap<K, V, AllAlike>;

pub(crate) fn with_capacity<V: Stored<Here>>(capacity: usize) -> Map<things::Thing, V> {
    Map::with_capacity_and_hasher(capacity, AllAlike::default())
}

#[path = "../both/cases.rs"]
mod both;
