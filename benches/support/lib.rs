//! What the benchmarks share: the workloads, the types they are measured against, the interleaved
//! runs and the table.
//!
//! A workload is a [`Group`]: several contestants that do the same work, ours first.
//! They take turns (A B C, A B C, ..), and a ratio is always taken between two turns of one run, so
//! that a machine whose speed drifts does not decide it.

// A benchmark that finds a wrong result stops there: its figures would mean nothing. An error is that
// of a file that cannot be written.
#![allow(clippy::missing_panics_doc, clippy::missing_errors_doc)]

pub mod beside;
pub mod callbacks;
pub mod consing;
pub mod container;
pub mod cpython;
pub mod family;
pub mod family_life;
pub mod finalize;
pub mod flights;
pub mod footprint;
pub mod growth;
pub mod keep;
pub mod key;
pub mod length;
pub mod life;
pub mod listeners;
pub mod manual;
pub mod map;
pub mod map_life;
pub mod measure;
pub mod object;
pub mod options;
pub mod plots;
pub mod proxy;
pub mod queue;
pub mod report;
pub mod results;
pub mod shape;
pub mod threads;
pub mod together;
pub mod value;
pub mod words;

use crate::{measure::Group, options::Options};

/// All workloads, each made when its turn comes.
pub fn groups(options: &Options) -> impl Iterator<Item = Group> {
    (object::groups(options).into_iter())
        .chain(callbacks::groups(options))
        .chain(finalize::groups(options))
        .chain(queue::groups(options))
        .chain(proxy::groups(options))
        .chain(listeners::groups(options))
        .chain(flights::groups(options))
        .chain(words::groups(options))
        .chain(consing::groups(options))
        .chain(map_life::groups(options))
        .chain(growth::groups(options))
        .chain(length::groups(options))
        .chain(family_life::groups(options))
        .chain(threads::groups(options))
}
