//! `WeakSet`, `PtrWeakSet`, `WeakWeakMap` and `PtrWeakWeakMap`: everything they can do.
//!
//! `cases.rs` and its modules are compiled twice, once with `Ptr = Rc` and once with `Ptr = Arc`; its
//! module `alike` once more for each of the two ways to tell elements apart, by equality and by
//! identity. What only several threads can show stands in `threads`.

mod local;
mod shared;
mod threads;
