//! `PtrWeakKeyMap`.

use super::super::{Ptr, Weak, harness::Item};

pub(crate) type Map<V, K = Item> = weakref_core::PtrWeakKeyMap<K, V>;

#[allow(clippy::duplicate_mod)]
#[path = "cases.rs"]
mod cases;
