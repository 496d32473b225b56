//! `WeakKeyMap` with a hasher for which all keys are the same.

use weakref_core::{Stored, WeakKeyMap};

pub(crate) use super::{BUSY, Kind, Ptr, Weak, things};
use crate::actors::AllAlike;

pub(crate) type Map<K, V> = WeakKeyMap<K, V, AllAlike>;

pub(crate) fn with_capacity<V: Stored<Kind>>(capacity: usize) -> Map<things::Thing, V> {
    Map::with_capacity_and_hasher(capacity, AllAlike::default())
}

#[path = "../both/cases.rs"]
mod both;
