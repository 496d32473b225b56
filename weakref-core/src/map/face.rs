//! What all weak containers show alike, in terms of their shards and hasher.
//!
//! An invocation names the type as an `impl` would, and gives the lines of an example that make
//! `owner`, the only owner of a referent, and a container with one entry that goes with it.

mod keys;
mod new;
mod pairs;
mod whole;

pub(crate) use keys::weak_keys;
pub(crate) use new::{by_address, hashed};
pub(crate) use pairs::pairs;
pub(crate) use whole::whole;
