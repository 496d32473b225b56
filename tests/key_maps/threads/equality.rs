//! Threads that share a `WeakKeyMap`.

use weakref_core::WeakKeyMap;

pub(crate) type Map<K, V> = WeakKeyMap<K, V>;

#[path = "cases.rs"]
mod cases;
