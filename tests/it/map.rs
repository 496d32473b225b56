//! `WeakValueMap`: everything it can do, for both flavours.
//!
//! `map/cases.rs` and its modules are compiled twice, once with `Ptr = Rc` and once with
//! `Ptr = Arc`; what only several threads can show stands in `map/threads.rs`.

mod local;
mod shared;
mod threads;
