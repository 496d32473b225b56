//! Weak containers of `Arc`s that several threads use, with the harness of the program `containers`.

use weakref_tests::flavours::shared::{Action, Here, Ptr, Usable};

mod async_flight;
mod clear;
mod deadlocks;
mod deaths;
mod growth;
#[path = "../containers/harness/mod.rs"]
mod harness;
mod owned_values;
mod random_operations;
mod searches;
mod single_flight;

use std::{sync::Barrier, thread};

/// Runs `f` in so many threads at once, with the number of each.
fn in_threads<R: Send>(count: u32, f: impl Fn(u32) -> R + Sync) -> Vec<R> {
    let barrier = Barrier::new(count as usize);
    thread::scope(|scope| {
        let (barrier, f) = (&barrier, &f);
        let run = |number| {
            scope.spawn(move || {
                barrier.wait();
                f(number)
            })
        };
        let threads: Vec<_> = (0..count).map(run).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Has two threads do things at once.
fn at_once(one: impl FnOnce() + Send, two: impl FnOnce()) {
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            barrier.wait();
            one();
        });
        barrier.wait();
        two();
    });
}
