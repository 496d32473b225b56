//! The containers that tell objects apart by their `Eq`.

pub(crate) type Set<T = super::Item> = weakref_core::WeakSet<T>;

pub(crate) type Map<K = super::Item, V = super::Item> = weakref_core::WeakWeakMap<K, V>;

#[allow(clippy::duplicate_mod)]
#[path = "alike/cases.rs"]
mod alike;
