//! `WeakKeyMap` and `PtrWeakKeyMap`: everything they can do, in both flavours.
//!
//! `both/cases.rs` and its modules hold for every map of weak keys. They are compiled for `Rc` and for
//! `Arc`, and in each for three maps: by equality, by equality with a hasher for which all keys are
//! the same, and by identity. What is true of one kind alone stands in `equality` and `identity`,
//! what only several threads can show in `threads`.

// That is what is meant.
#![allow(clippy::duplicate_mod)]

mod actors;
mod local;
mod shared;
mod threads;
