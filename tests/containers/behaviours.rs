//! What holds for `Rc` and `Arc` alike.

mod by_hash;
mod call_sites;
mod capacity;
mod compare_and_clone;
mod conversions;
mod deaths;
mod drain_and_clear;
mod entries;
mod entry_ref;
mod equal_keys;
mod extract;
mod half_dead_pairs;
mod harness;
mod identity;
mod iteration;
mod lookups;
mod model;
mod owned_keys;
mod owned_values;
mod panics;
mod reentrancy;
mod removal_listeners;
mod retain;
mod scale;
mod searches;
mod set_algebra;
mod single_flight;
mod value_map_model;

use super::{Action, Here, Ptr, Usable, Weak};
