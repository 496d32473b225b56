//! Threads that share a `PtrWeakKeyMap`.

use weakref_core::PtrWeakKeyMap;

pub(crate) type Map<K, V> = PtrWeakKeyMap<K, V>;

#[path = "cases.rs"]
mod cases;
