//! One factory for a key, however many threads ask.

use super::*;

#[test]
fn b373_a_factory_runs_once_for_a_key() {
    without_deadlock(|| {
        for round in 0..50 {
            let map = Map::<Key, Token>::default();
            let (key, alive, runs) = (key(round), Tally::default(), AtomicUsize::new(0));
            in_threads(4, |thread| {
                let make = || {
                    runs.fetch_add(1, Ordering::Relaxed);
                    thread::yield_now();
                    alive.token()
                };
                if thread % 2 == 0 {
                    map.get_or_insert_with(&key, make);
                } else {
                    map.entry(&key).or_insert_with(make);
                }
            });
            assert_eq!(runs.into_inner(), 1);
            assert_eq!((map.len(), alive.count()), (1, 1));
            drop(key);
            assert_eq!(alive.count(), 0);
        }
    });
}

#[test]
fn factories_for_several_keys_run_at_once() {
    without_deadlock(|| {
        let map = Numbers::default();
        let keys: Vec<_> = (0..4).map(key).collect();
        let all = Barrier::new(4);
        in_threads(4, |thread| {
            let made = map.get_or_insert_with(&keys[thread as usize], || {
                all.wait();
                u64::from(thread)
            });
            assert_eq!(made, u64::from(thread));
        });
        assert_eq!(map.len(), 4);
    });
}

#[test]
fn the_next_tries_when_a_factory_fails() {
    without_deadlock(|| {
        for panics in [false, true] {
            let (map, key) = (Numbers::default(), key(1));
            let runs = AtomicUsize::new(0);
            let failures = AtomicUsize::new(0);
            in_threads(4, |_| {
                let result = caught(|| {
                    map.get_or_try_insert_with(&key, || {
                        let run = runs.fetch_add(1, Ordering::Relaxed);
                        a_while();
                        assert!(!panics || run >= 2, "{OOPS}");
                        if run < 2 { Err(()) } else { Ok(7) }
                    })
                });
                if let Ok(Ok(value)) = result {
                    assert_eq!(value, 7);
                } else {
                    failures.fetch_add(1, Ordering::Relaxed);
                }
            });
            assert_eq!((runs.into_inner(), failures.into_inner()), (3, 2));
            assert_eq!(map.get(&*key), Some(7));
        }
    });
}

#[test]
fn those_who_wait_get_the_value_though_it_is_removed_at_once() {
    without_deadlock(|| {
        for _ in 0..50 {
            let (map, key) = (Numbers::default(), key(1));
            let runs = AtomicUsize::new(0);
            in_threads(3, |thread| {
                if thread == 0 {
                    for _ in 0..50 {
                        map.remove(&*key);
                    }
                } else {
                    let value = map.get_or_insert_with(&key, || {
                        runs.fetch_add(1, Ordering::Relaxed);
                        7
                    });
                    assert_eq!(value, 7);
                }
            });
            assert!((1..=4).contains(&runs.into_inner()));
        }
    });
}

#[test]
fn two_factories_that_need_each_other() {
    without_deadlock(|| {
        let map = Numbers::default();
        let keys = [1, 2].map(key);
        let (both, panics) = (Barrier::new(2), AtomicUsize::new(0));
        in_threads(2, |thread| {
            let (mine, theirs) = (&keys[thread as usize], &keys[1 - thread as usize]);
            let result = caught(|| {
                map.get_or_insert_with(mine, || {
                    both.wait();
                    map.get_or_insert_with(theirs, || 5) + 1
                })
            });
            if let Err(message) = result {
                assert!(message.contains(CIRCLE), "{message}");
                panics.fetch_add(1, Ordering::Relaxed);
            }
        });
        assert_eq!(panics.into_inner(), 1);
        let mut values: Vec<_> = map.values().collect();
        values.sort_unstable();
        assert_eq!(values, [5, 6], "who went on made both");
    });
}
