//! `WeakKeyMap` with a hasher for which all keys are the same.

use super::super::{Ptr, Weak, harness::Item};

pub(crate) type Map<V, K = Item> = weakref_core::WeakKeyMap<K, V, weakref_tests::SameHash>;

#[allow(clippy::duplicate_mod)]
#[path = "cases.rs"]
mod cases;
