//! Threads that share a `PtrWeakKeyMap`.

use super::super::harness::Item;

type Map<V> = weakref_core::PtrWeakKeyMap<Item, V>;

#[allow(clippy::duplicate_mod)]
#[path = "cases.rs"]
mod cases;
