//! The values that key maps own: `cases.rs` is compiled for `WeakKeyMap` and `PtrWeakKeyMap`.

mod by_address;
mod by_equality;
