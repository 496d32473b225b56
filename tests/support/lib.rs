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
mod tasks;
mod threads;
mod unraisables;

pub mod flavours;

pub use chance::Numbers;
pub use counts::{Counted, Tally, Token};
pub use hashers::{Alike, AllAlike};
pub use hooks::{AtDrop, Call, Key, Until, called, on, once};
pub use log::{Log, NotesDrop};
pub use outcome::{CIRCLE, OOPS, REENTRY, assert_panics, caught, oops, panic_of};
pub use tasks::{Alarm, Task};
pub use threads::{a_while, rounds, without_deadlock};
pub use unraisables::Unraisables;
