//! What several of the test programs share. What one of them alone needs stands in that one.

// What is here panics where a test fails: that is what it is for.
#![allow(clippy::missing_errors_doc, clippy::missing_panics_doc)]

mod chance;
mod counts;
mod hashers;
mod hooks;
mod implements;
mod log;
mod outcome;
mod scale;
mod tasks;
mod threads;
mod unraisables;

pub mod flavours;

pub use chance::Numbers;
pub use counts::{Counted, Leaks, Tally, Token, Tracked};
pub use hashers::{SameHash, SameHasher};
pub use hooks::{AtDrop, Call, Key, Until, called, on, once};
pub use log::{Log, NotesDrop};
pub use outcome::{BUSY, CIRCLE, OOPS, REENTRY, assert_panics, caught, oops, panic_at, panic_of};
pub use scale::{limit, rounds};
pub use tasks::{Alarm, Task, block_on};
pub use threads::{a_while, here, without_deadlock};
pub use unraisables::Unraisables;
