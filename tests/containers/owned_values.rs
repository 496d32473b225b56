//! `WeakKeyMap` and `PtrWeakKeyMap` own their values, and lend them to closures: for one who changes a
//! value, or for all who look at it.
//!
//! `cases.rs` and its modules are compiled for both, and for `WeakKeyMap` with a hasher for which all
//! keys are the same.

mod by_address;
mod by_equality;
mod of_one_hash;
