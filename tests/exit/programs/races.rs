//! Threads that do not stop while the program ends.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use weakref_core::{Slotted, exit, finalize, weakref_count};
use weakref_tests::rounds;

use super::{leak, local, say, shared};

super::programs! {
    busy_threads leaking_threads the_run_meets_everything the_run_meets_a_birth set_atexit_meets_the_run
}

fn busy(leaks: bool) {
    leak(shared(0), "oldest");
    let barrier = Arc::new(Barrier::new(5));
    for _ in 0..4 {
        let barrier = barrier.clone();
        thread::spawn(move || {
            barrier.wait();
            loop {
                let object = shared(0);
                let finalizer = finalize(&object, || ());
                if leaks {
                    std::mem::forget(object);
                } else if finalizer.atexit() {
                    drop(object);
                    assert!(!finalizer.is_alive());
                }
                let object = local(0);
                finalize(&object, || ());
            }
        });
    }
    barrier.wait();
    for number in 0..1_000 {
        leak(shared(0), number);
    }
    leak(local(0), "newest");
}

fn busy_threads() {
    busy(false);
}

fn leaking_threads() {
    busy(true);
}

fn function(calls: &Arc<AtomicUsize>) -> impl FnOnce() + Send + use<> {
    let calls = calls.clone();
    move || {
        calls.fetch_add(1, Ordering::Relaxed);
    }
}

fn the_run_meets_everything() {
    let (calls, made) = (Arc::new(AtomicUsize::new(0)), AtomicUsize::new(0));
    thread::scope(|scope| {
        for thread in 0..4 {
            let (calls, made) = (&calls, &made);
            scope.spawn(move || {
                let mut kept = Vec::new();
                for round in 0..rounds(20_000) {
                    let object = shared(0);
                    let finalizer = finalize(&object, function(calls));
                    made.fetch_add(1, Ordering::Relaxed);
                    kept.push((object, finalizer));
                    if kept.len() < 8 {
                        continue;
                    }
                    let (object, finalizer) = kept.swap_remove(round % 8);
                    match round % 8 {
                        0 => _ = finalizer.call(),
                        1 => drop(object),
                        2 => {
                            if let Some((_, function)) = finalizer.detach() {
                                function();
                            }
                        }
                        3 => {
                            let guard = finalizer.clone().guard();
                            finalizer.peek(|_, _| ());
                            guard.call();
                        }
                        4 => {
                            finalizer.set_atexit(false);
                            finalizer.set_atexit(true);
                            drop(finalizer);
                        }
                        5 if thread == 0 => exit::run(),
                        6 => finalizer.peek(|_, _| drop(object)).unwrap_or_default(),
                        _ => std::mem::forget(object),
                    }
                }
            });
        }
        for _ in 0..rounds(200) {
            exit::run();
        }
    });
    exit::run();
    say(format!("{}", calls.load(Ordering::Relaxed) == made.into_inner()));
    say(format!("{}", Arc::strong_count(&calls)));
}

/// What has run is gone from its object, wherever the run met it.
fn the_run_meets_a_birth() {
    let calls = Arc::new(AtomicUsize::new(0));
    let stop = AtomicUsize::new(0);
    let births = rounds(20_000);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while stop.load(Ordering::Relaxed) < 2 {
                    exit::run();
                }
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..births {
                    let object = Arc::new(Slotted::new(0));
                    for _ in 0..3 {
                        finalize(&object, function(&calls)).call();
                    }
                    // Whoever runs the last of them may not have gone yet.
                    let gone = || weakref_count(&object) == 0;
                    let mut tries = 0..1_000_000;
                    if !tries.any(|_| gone() || (thread::yield_now(), false).1) {
                        say(format!("{} left", weakref_count(&object)));
                        std::process::exit(1);
                    }
                }
                stop.fetch_add(1, Ordering::Relaxed);
            });
        }
    });
    say(calls.load(Ordering::Relaxed) == 2 * 3 * births);
}

fn set_atexit_meets_the_run() {
    let calls = Arc::new(AtomicUsize::new(0));
    for _ in 0..rounds(5_000) {
        let object = shared(0);
        let finalizer = finalize(&object, function(&calls));
        finalizer.set_atexit(false);
        thread::scope(|scope| {
            scope.spawn(exit::run);
            finalizer.set_atexit(true);
        });
        exit::run();
        assert!(!finalizer.is_alive() && calls.swap(0, Ordering::Relaxed) == 1);
    }
    say("all");
}
