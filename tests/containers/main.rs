//! The weak containers: what they do, in one thread.
//!
//! A file is a behaviour. A test in it is a function that is generic over the container, and
//! `for_kinds!` (`stamp.rs`) makes a test of it for each kind that behaves so: `for_kinds! { maps: .. }`
//! for the five maps, `{ sets: .. }` for the two sets, `{ all: .. }` for all seven. `harness/` has the
//! trait by which a test sees its container, and checks of its content. A behaviour of one kind alone
//! is a plain test.
//!
//! All files are compiled twice: for `Rc` in `local.rs`, and for `Arc` in `shared.rs`. So a test is
//! called `shared::behaviours::retain::retain_asks_once_about_each::key_map`.
//!
//! What only several threads can show stands in the program `threads`.

#[macro_use]
mod stamp;

mod local;
mod shared;
