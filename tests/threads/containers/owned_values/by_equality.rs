//! Threads that share a `WeakKeyMap`.

use super::super::harness::Item;

type Map<V> = weakref_core::WeakKeyMap<Item, V>;

#[path = "cases.rs"]
mod cases;
