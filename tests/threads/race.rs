//! Threads that do things at the same moment, as far as that can be had.

use std::{
    hint::spin_loop,
    sync::{
        Barrier, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Runs all at once, each in its own thread.
pub(crate) fn all_at_once<'a>(tasks: Vec<Box<dyn FnOnce() + Send + 'a>>) {
    let barrier = Barrier::new(tasks.len());
    thread::scope(|scope| {
        for task in tasks {
            scope.spawn(|| {
                barrier.wait();
                task();
            });
        }
    });
}

/// Waits, busily at first, until the other side has come to `round`. False if it has gone instead.
fn wait_for(other: &AtomicUsize, round: usize) -> bool {
    for tries in 0.. {
        match other.load(Ordering::Acquire) {
            GONE => return false,
            there if there >= round => return true,
            _ if tries < 1_000 => spin_loop(),
            _ => thread::yield_now(),
        }
    }
    unreachable!()
}

const GONE: usize = usize::MAX;

/// Says that this side has gone, so that the other does not wait for ever when this one panics.
struct Side<'a>(&'a AtomicUsize);

impl Drop for Side<'_> {
    fn drop(&mut self) {
        self.0.store(GONE, Ordering::Release);
    }
}

/// Runs `one` and `two` at the same moment, each in a thread of its own: many rounds, of which
/// each begins with `prepare` and ends with `check`.
pub(crate) fn race<A: Send, B: Send>(
    rounds: usize,
    mut prepare: impl FnMut() -> (A, B),
    one: impl Fn(A),
    two: impl Fn(B) + Sync,
    mut check: impl FnMut(),
) {
    let [ready, taken, done] = [const { AtomicUsize::new(0) }; 3];
    let table = Mutex::new(None);
    thread::scope(|scope| {
        scope.spawn(|| {
            let (_taken, _done) = (Side(&taken), Side(&done));
            for round in 1..=rounds {
                if !wait_for(&ready, round) {
                    return;
                }
                let thing = table.lock().unwrap().take().unwrap();
                taken.store(round, Ordering::Release);
                // Now a little before the other, now a little after.
                (0..round % 40).for_each(|_| spin_loop());
                two(thing);
                done.store(round, Ordering::Release);
            }
            wait_for(&ready, rounds + 1);
        });
        let _ready = Side(&ready);
        for round in 1..=rounds {
            let (mine, other) = prepare();
            *table.lock().unwrap() = Some(other);
            ready.store(round, Ordering::Release);
            assert!(wait_for(&taken, round));
            (0..round % 7).for_each(|_| spin_loop());
            one(mine);
            assert!(wait_for(&done, round));
            check();
        }
    });
}
