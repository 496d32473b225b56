//! Synchronization: the primitives of std or loom, re-exported from [`shim`], and the protocols
//! that are built on them.

pub(crate) mod deadlock;
pub(crate) mod deferred_lock;
pub(crate) mod parker;
mod shim;
pub(crate) mod state_word;

pub(crate) use shim::*;
