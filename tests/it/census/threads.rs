//! What only several threads can show.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use weakref_core::{Census, Slotted};
use weakref_tests::{caught, rounds, without_deadlock};

type Object = Slotted<usize>;

#[test]
fn an_object_may_be_dropped_by_another_thread() {
    let census = Census::<Object>::new();
    let objects: Vec<_> = (0..8).map(|number| Arc::new(Slotted::new(number))).collect();
    for object in &objects {
        census.register(object);
    }
    thread::scope(|scope| {
        for object in objects {
            scope.spawn(move || drop(object));
        }
    });
    census.assert_empty();
}

/// As several tests do that use one census at the same time.
#[test]
fn other_threads_do_not_matter_to_a_check() {
    let census = Census::<Object>::new();
    let (left, made) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            made.wait();
            let object = Arc::new(Slotted::new(1));
            census.register(&object);
            left.wait();
            made.wait();
        });
        let checked = caught(|| {
            census.assert_no_leaks(|| {
                made.wait();
                left.wait();
            });
        });
        let count = census.alive().len();
        made.wait();
        assert_eq!((checked, count), (Ok(()), 1));
    });
    census.assert_empty();
}

/// A report has strong pointers to records for a moment. Another one must not count them.
#[test]
fn a_report_does_not_disturb_another() {
    let rounds = rounds(300);
    without_deadlock(move || {
        let census = Census::<Object>::new();
        let (begun, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
        let held: Vec<_> = (0..1_000).map(|number| Arc::new(Slotted::new(number))).collect();
        for object in &held {
            census.register(object);
        }
        thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Relaxed) {
                    begun.fetch_add(1, Relaxed);
                    let count = census.alive().len();
                    assert!((1_000..=1_001).contains(&count), "{count}");
                }
            });
            let checked = caught(|| {
                for number in 0..rounds {
                    census.assert_no_leaks(|| {
                        let object = Arc::new(Slotted::new(number));
                        census.register(&object);
                        // Then a report is under way that may know it.
                        let before = begun.load(Relaxed);
                        while begun.load(Relaxed) == before {
                            thread::yield_now();
                        }
                        a_moment();
                    });
                }
            });
            is_over.store(true, Relaxed);
            assert_eq!(checked, Ok(()));
        });
        drop(held);
        census.assert_empty();
    });
}

/// Long enough for a report to take its strong pointers, and not for it to end.
fn a_moment() {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_micros(20) {
        std::hint::spin_loop();
    }
}

#[test]
fn threads_may_register_and_drop_at_the_same_time() {
    let rounds = rounds(500);
    without_deadlock(move || {
        let census = Census::<Object>::new();
        thread::scope(|scope| {
            for first in 0..4 {
                let census = &census;
                scope.spawn(move || {
                    let mut held = Vec::new();
                    for number in 0..rounds {
                        let object = Arc::new(Slotted::new(first * rounds + number));
                        census.register(&object);
                        held.push(object);
                        if number % 3 == 0 {
                            held.swap_remove(number / 2 % held.len());
                        }
                    }
                    assert!(census.alive().len() >= held.len());
                });
            }
        });
        census.assert_empty();
    });
}
