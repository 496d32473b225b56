//! What the tests of all modules share.

use std::{
    thread,
    time::{Duration, Instant},
};

use weakref_core::{WeakRef, Weakrefable};
use weakref_tests::limit;

/// Runs `f` with the stack of an ordinary program, and returns what it returns.
///
/// A test's own thread has less, and an environment variable can change that.
pub(crate) fn on_8_mib<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    let thread = thread::Builder::new().stack_size(8 << 20).spawn(f);
    thread.unwrap().join().unwrap()
}

/// Asserts that `work` takes time in proportion to its size, more or less.
///
/// The large one has 200 times the size, so quadratic work takes 40,000 times the time. Caches, and
/// whatever else the machine is doing, make it more than 200.
#[track_caller]
pub(crate) fn assert_linear<W>(prepare: impl Fn(usize) -> W, work: impl Fn(W)) {
    let fastest = |size: usize| -> Duration {
        let run = |_| {
            let prepared = prepare(size);
            let start = Instant::now();
            work(prepared);
            start.elapsed()
        };
        (0..3).map(run).min().unwrap()
    };
    let (small, large) = (fastest(1_000), fastest(200_000));
    // Both, as one is short enough for a single interruption to spoil, and the other depends on the
    // machine: quadratic work is far beyond the two.
    let plenty = (6_000 * small).max(limit(4));
    assert!(large < plenty, "1,000 took {small:?}, 200,000 took {large:?}");
}

/// Asserts that two lists hold the same references, in the same order.
#[track_caller]
pub(crate) fn assert_same<T: ?Sized + Weakrefable>(found: &[WeakRef<T>], expected: &[&WeakRef<T>]) {
    let same = found.iter().zip(expected).all(|(one, other)| one.is_same_reference(other));
    assert!(found.len() == expected.len() && same, "{found:?} are not {expected:?}");
}
