//! The containers that tell objects apart by where they stand.

pub(crate) type Set<T = super::Item> = weakref_core::PtrWeakSet<T>;

pub(crate) type Map<K = super::Item, V = super::Item> = weakref_core::PtrWeakWeakMap<K, V>;

#[allow(clippy::duplicate_mod)]
#[path = "alike/cases.rs"]
mod alike;
