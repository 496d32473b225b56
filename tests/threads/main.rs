//! What only several threads can show.
//!
//! A program of its own, as `ci/sanitize` builds it with a std that is instrumented: the thread
//! sanitizer has nothing to find in the others.

#[macro_use]
#[path = "../containers/stamp.rs"]
mod stamp;

mod containers;
mod finalizers;
mod lists;
mod methods;
mod proxies;
mod queues;
mod race;
mod references;
mod stress;
