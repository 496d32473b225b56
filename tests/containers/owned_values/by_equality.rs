//! `WeakKeyMap`.

use super::super::{Ptr, Weak, harness::Item};

pub(crate) type Map<V, K = Item> = weakref_core::WeakKeyMap<K, V>;

#[path = "cases.rs"]
mod cases;
