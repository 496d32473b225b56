//! Threads that would wait for each other for ever: one of them panics.

use std::sync::atomic::AtomicUsize;

use weakref_tests::{CIRCLE, caught};

use super::{super::super::super::deadlocks::count_circles, *};

/// Has one value, and wants the other, in two threads at once, the other way round. Returns what
/// came of it.
fn circle(
    first: impl FnOnce(&dyn Fn()) + Send,
    second: impl FnOnce(&dyn Fn()) + Send,
) -> [Result<(), String>; 2] {
    let both = Barrier::new(2);
    let wait = || {
        both.wait();
    };
    thread::scope(|scope| {
        let other = scope.spawn(|| caught(|| second(&wait)));
        let mine = caught(|| first(&wait));
        [mine, other.join().unwrap()]
    })
}

#[test]
fn two_threads_that_change_each_others_values() {
    without_deadlock(|| {
        for _ in 0..rounds(20) {
            let (map, keys) = filled(2);
            let add = |mine: usize, theirs: usize, wait: &dyn Fn()| {
                map.with_mut(&*keys[mine], |_| {
                    wait();
                    map.with_mut(&*keys[theirs], |value| *value += 10);
                });
            };
            assert_eq!(count_circles(&circle(|wait| add(0, 1, wait), |wait| add(1, 0, wait))), 1);
            // The other went on, and all is let go.
            let sum: u64 =
                keys.iter().map(|key| map.with_mut(&**key, |value| *value).unwrap()).sum();
            assert_eq!(sum, 11);
            assert_eq!(map.drain().len(), 2);
        }
    });
}

#[test]
fn two_threads_that_look_and_change() {
    without_deadlock(|| {
        let (map, keys) = filled(2);
        let change = |mine: usize, theirs: usize, wait: &dyn Fn()| {
            map.with(&*keys[mine], |_| {
                wait();
                map.with_mut(&*keys[theirs], |value| *value += 10);
            });
        };
        assert_eq!(count_circles(&circle(|wait| change(0, 1, wait), |wait| change(1, 0, wait))), 1);
        let sum: u64 = map.values().sum();
        assert_eq!(sum, 11);
    });
}

#[test]
fn two_threads_that_remove_what_the_other_has() {
    without_deadlock(|| {
        let (map, keys) = filled(2);
        let remove = |mine: usize, theirs: usize, wait: &dyn Fn()| {
            map.with(&*keys[mine], |_| {
                wait();
                map.remove(&*keys[theirs]);
            });
        };
        assert_eq!(count_circles(&circle(|wait| remove(0, 1, wait), |wait| remove(1, 0, wait))), 1);
        assert!(map.is_empty(), "removed all the same");
    });
}

#[test]
fn two_threads_that_only_look_do_not_wait() {
    without_deadlock(|| {
        let (map, keys) = filled(2);
        let look = |mine: usize, theirs: usize, wait: &dyn Fn()| {
            map.with(&*keys[mine], |_| {
                wait();
                map.with(&*keys[theirs], |_| wait());
            });
        };
        let results = circle(|wait| look(0, 1, wait), |wait| look(1, 0, wait));
        assert_eq!(results, [Ok(()), Ok(())]);
    });
}

#[test]
fn two_maps_make_a_circle_too() {
    without_deadlock(|| {
        let ((one, keys), (other, others)) = (filled(1), filled(1));
        let results = circle(
            |wait| {
                one.with_mut(&*keys[0], |_| {
                    wait();
                    other.with_mut(&*others[0], |value| *value += 10);
                });
            },
            |wait| {
                other.with_mut(&*others[0], |_| {
                    wait();
                    one.with_mut(&*keys[0], |value| *value += 10);
                });
            },
        );
        assert_eq!(count_circles(&results), 1);
        let sum = one.get(&*keys[0]).unwrap() + other.get(&*others[0]).unwrap();
        assert_eq!(sum, 10);
    });
}

#[test]
fn a_factory_and_a_value_make_a_circle() {
    without_deadlock(|| {
        let (map, keys) = filled(1);
        let new = item(9);
        let results = circle(
            |wait| {
                map.with_mut(&*keys[0], |_| {
                    wait();
                    map.get_or_insert_with(&new, || 5);
                });
            },
            |wait| {
                map.get_or_insert_with(&new, || {
                    wait();
                    map.with_mut(&*keys[0], |value| *value += 10);
                    6
                });
            },
        );
        assert_eq!(count_circles(&results), 1);
        assert!(map.contains_key(&*new));
    });
}

#[test]
fn three_threads_in_a_circle() {
    without_deadlock(|| {
        let (map, keys) = filled(3);
        let (all, panics) = (Barrier::new(3), AtomicUsize::new(0));
        in_threads(3, |thread| {
            let (mine, theirs) = (thread as usize, (thread as usize + 1) % 3);
            let result = caught(|| {
                map.with_mut(&*keys[mine], |_| {
                    all.wait();
                    map.with_mut(&*keys[theirs], |value| *value += 10);
                });
            });
            if let Err(message) = result {
                assert!(message.contains(CIRCLE), "{message}");
                panics.fetch_add(1, Ordering::Relaxed);
            }
        });
        assert_eq!(panics.into_inner(), 1);
        assert_eq!(map.values().sum::<u64>(), 23);
    });
}

#[test]
fn a_chain_is_no_circle() {
    without_deadlock(|| {
        let (map, keys) = filled(3);
        let all = Barrier::new(3);
        in_threads(3, |thread| {
            let mine = thread as usize;
            map.with_mut(&*keys[mine], |_| {
                all.wait();
                if let Some(theirs) = keys.get(mine + 1) {
                    map.with_mut(&**theirs, |value| *value += 10);
                } else {
                    a_while();
                }
            });
        });
        assert_eq!(map.values().sum::<u64>(), 23);
    });
}

#[test]
fn a_change_that_is_over_before_its_thread_waits_is_no_circle() {
    // One looks at the second value while it looks at the first. The other changes the second, and,
    // only when it has done so, the first while it looks at the second.
    without_deadlock(|| {
        let (map, keys) = filled(2);
        let turns = rounds(20_000);
        in_threads(2, |thread| {
            let [first, second] = [0, 1].map(|number: usize| &*keys[number]);
            for turn in 0..turns {
                let result = caught(|| {
                    if thread == 0 {
                        map.with(first, |_| map.with(second, |_| ()));
                    } else {
                        map.with_mut(second, |count| *count += 1);
                        map.with(second, |_| map.with_mut(first, |count| *count += 1));
                    }
                });
                assert_eq!(result, Ok(()), "turn {turn} of {thread}");
            }
        });
        assert_eq!(map.get(&*keys[0]), Some(turns));
    });
}
