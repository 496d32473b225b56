//! A value of a key map is for one thread that changes it, or for all that look at it.

mod deadlocks;

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use weakref_core::weakref_count;
use weakref_tests::{Call, OOPS, Tally, Token, a_while, on, rounds, without_deadlock};

use super::{
    super::super::{
        harness::{Owner, item},
        in_threads,
    },
    Map,
};

type Numbers = Map<u64>;

/// A map from keys with the names from 0 to these names.
fn filled(size: u32) -> (Arc<Numbers>, Vec<Owner>) {
    let keys: Vec<_> = (0..size).map(item).collect();
    let map = keys.iter().map(|key| (key.clone(), u64::from(key.name()))).collect();
    (Arc::new(map), keys)
}

#[test]
fn a_counter_that_many_threads_count_up_is_exact() {
    without_deadlock(|| {
        let (map, keys) = filled(2);
        let each = rounds(5000_u32);
        in_threads(4, |thread| {
            for round in 0..each {
                // Read and written in two steps: exact only if nobody comes between.
                let count = |value: &mut u64| *value = std::hint::black_box(*value) + 1;
                match (round + thread) % 3 {
                    0 => drop(map.entry(&keys[0]).and_modify(count)),
                    1 => drop(map.entry(&keys[0]).or_insert(0).with_mut(count)),
                    _ => drop(map.with_mut(&*keys[0], count)),
                }
            }
        });
        assert_eq!(map.get(&*keys[0]), Some(u64::from(4 * each)));
    });
}

#[test]
fn a_counter_that_is_taken_out_meanwhile_loses_nothing() {
    without_deadlock(|| {
        let (map, keys) = filled(1);
        let (key, each) = (&keys[0], rounds(5000_u64));
        let (removed, done) = (AtomicU64::new(0), AtomicU64::new(0));
        let take =
            |taken: Option<u64>| _ = removed.fetch_add(taken.unwrap_or(0), Ordering::Relaxed);
        in_threads(3, |thread| {
            if thread == 0 {
                while done.load(Ordering::Relaxed) < 2 {
                    take(map.remove(&**key));
                    thread::yield_now();
                }
                return;
            }
            for _ in 0..each {
                // It may be taken out between the two steps.
                if map.entry(key).or_insert(0).with_mut(|count| *count += 1).is_none() {
                    while map.with_mut(&**key, |count| *count += 1).is_none() {
                        take(map.insert(key, 0));
                    }
                }
            }
            done.fetch_add(1, Ordering::Relaxed);
        });
        take(map.remove(&**key));
        assert_eq!(removed.into_inner(), 2 * each);
    });
}

#[test]
fn nobody_sees_half_a_change() {
    without_deadlock(|| {
        let map = Map::<(u64, u64)>::default();
        let key = item(1);
        map.insert(&key, (0, 0));
        let changes = rounds(5000);
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        let (one, other) = map.get(&*key).unwrap();
                        assert_eq!(one, other);
                        map.for_each(|_, pair| assert_eq!(pair.0, pair.1));
                    }
                });
            }
            for _ in 0..changes {
                map.with_mut(&*key, |pair| {
                    pair.0 += 1;
                    std::hint::black_box(&mut *pair);
                    pair.1 += 1;
                });
            }
            done.store(true, Ordering::Relaxed);
        });
        assert_eq!(map.get(&*key), Some((changes, changes)));
    });
}

#[test]
fn a_value_that_is_replaced_all_the_time_is_always_there() {
    without_deadlock(|| {
        let map = Map::<u64>::default();
        let key = item(1);
        map.insert(&key, 0);
        in_threads(2, |thread| {
            for round in 0..rounds(20_000) {
                if thread == 0 {
                    assert!(map.insert(&key, round).is_some());
                } else {
                    assert!(map.get(&*key).is_some());
                    assert!(map.with_mut(&*key, |value| *value += 1).is_some());
                    assert!(map.get_key_value(&*key).is_some());
                }
            }
        });
    });
}

#[test]
fn many_look_at_a_value_at_once() {
    without_deadlock(|| {
        let (map, keys) = filled(1);
        let inside = Barrier::new(4);
        // If one waited for another, they would not meet.
        in_threads(4, |_| {
            map.with(&*keys[0], |_| inside.wait()).unwrap();
        });
    });
}

#[test]
fn who_changes_waits_for_those_who_look() {
    without_deadlock(|| {
        let (map, keys) = filled(1);
        let (looks, done) = (Barrier::new(2), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                map.with(&*keys[0], |value| {
                    looks.wait();
                    a_while();
                    assert_eq!(*value, 0);
                    done.store(true, Ordering::Release);
                });
            });
            looks.wait();
            map.with_mut(&*keys[0], |value| {
                assert!(done.load(Ordering::Acquire), "it has waited");
                *value = 7;
            });
        });
        assert_eq!(map.get(&*keys[0]), Some(7));
    });
}

#[test]
fn who_looks_does_not_wait_for_who_waits() {
    without_deadlock(|| {
        let (map, keys) = filled(1);
        let begin = Barrier::new(3);
        thread::scope(|scope| {
            scope.spawn(|| {
                begin.wait();
                map.with_mut(&*keys[0], |value| *value += 1);
            });
            for _ in 0..2 {
                scope.spawn(|| {
                    map.with(&*keys[0], |_| {
                        begin.wait();
                        a_while();
                        // The other thread sleeps by now until both have done.
                        assert_eq!(map.with(&*keys[0], |value| *value), Some(0));
                        assert_eq!(map.get(&*keys[0]), Some(0));
                    });
                });
            }
        });
        assert_eq!(map.get(&*keys[0]), Some(1));
    });
}

#[test]
fn those_who_look_wait_for_who_changes() {
    without_deadlock(|| {
        let (map, keys) = filled(1);
        let changes = Barrier::new(4);
        thread::scope(|scope| {
            scope.spawn(|| {
                map.with_mut(&*keys[0], |value| {
                    changes.wait();
                    a_while();
                    *value = 7;
                });
            });
            for number in 0..3 {
                let (map, keys, changes) = (&map, &keys, &changes);
                scope.spawn(move || {
                    changes.wait();
                    let seen = match number {
                        0 => map.get(&*keys[0]),
                        1 => map.iter().next().map(|pair| pair.1),
                        _ => map.entry(&keys[0]).or_insert(0).get(),
                    };
                    assert_eq!(seen, Some(7));
                });
            }
        });
    });
}

#[test]
fn a_remove_waits_for_those_who_look_and_gets_the_value() {
    without_deadlock(|| {
        for change in [false, true] {
            for act in 0..4 {
                let (map, keys) = filled(1);
                let (looks, gone) = (Barrier::new(2), AtomicBool::new(false));
                let look = || {
                    looks.wait();
                    // The entry goes at once; only the value is waited for.
                    while map.get_key(&*keys[0]).is_some() && act != 1 {
                        thread::yield_now();
                    }
                    a_while();
                    gone.store(true, Ordering::Release);
                };
                thread::scope(|scope| {
                    scope.spawn(|| {
                        if change {
                            map.with_mut(&*keys[0], |_| look()).unwrap();
                        } else {
                            map.with(&*keys[0], |_| look()).unwrap();
                        }
                    });
                    looks.wait();
                    let value = match act {
                        0 => map.remove(&*keys[0]),
                        1 => map.insert(&keys[0], 5),
                        2 => map.drain().next().map(|pair| pair.1),
                        _ => map.pop().map(|pair| pair.1),
                    };
                    assert_eq!(value, Some(0));
                    assert!(gone.load(Ordering::Acquire), "it has waited");
                });
                assert_eq!(map.len(), usize::from(act == 1));
            }
        }
    });
}

#[test]
fn nobody_waits_for_a_value_who_does_not_want_it() {
    without_deadlock(|| {
        let (map, keys) = filled(2);
        let (begin, end) = (Barrier::new(2), Barrier::new(2));
        thread::scope(|scope| {
            scope.spawn(|| {
                map.with_mut(&*keys[0], |_| {
                    begin.wait();
                    end.wait();
                });
            });
            begin.wait();
            let text = format!("{map:?}");
            assert!(text.contains("Item 0: <locked>") && text.contains("Item 1: 1"), "{text}");
            assert_eq!(map.get(&*keys[1]), Some(1));
            assert_eq!(map.with_mut(&*keys[1], |value| *value), Some(1));
            assert_eq!(map.remove(&*keys[1]), Some(1));
            assert!(map.contains_key(&*keys[0]));
            assert_eq!((map.len(), map.keys().len(), map.key_refs().len()), (1, 1, 1));
            map.clear();
            assert!(map.is_empty());
            assert_eq!(map.insert(&keys[0], 8), None);
            end.wait();
        });
        assert_eq!(map.get(&*keys[0]), Some(8));
    });
}

#[test]
fn a_value_that_others_look_up_all_the_time_is_changed_at_each_death() {
    // The one who looks it up may be told of a death: so the listener runs in either thread.
    without_deadlock(|| {
        let map = Arc::new(Map::<usize>::default());
        let key = item(0);
        map.insert(&key, 0);
        let (weak, wanted) = (Arc::downgrade(&map), key.clone());
        map.on_removal(move |_, _| {
            let changed = weak.upgrade().unwrap().with_mut(&*wanted, |count| *count += 1);
            assert_eq!(changed, Some(()));
        });
        let deaths = rounds(20_000);
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                // So that it is in the middle of a search most of the time.
                let _until = on(Call::KeyEq, |_| thread::yield_now());
                while !done.load(Ordering::Relaxed) {
                    assert!(map.get(&*key).is_some());
                }
            });
            for number in 1..=deaths {
                let doomed = item(number.try_into().unwrap());
                map.insert(&doomed, 0);
            }
            done.store(true, Ordering::Relaxed);
        });
        assert_eq!(map.get(&*key), Some(deaths));
    });
}

#[test]
fn who_wants_a_value_that_is_removed_meanwhile_finds_nothing() {
    without_deadlock(|| {
        let (map, keys) = filled(1);
        let begin = Barrier::new(3);
        thread::scope(|scope| {
            scope.spawn(|| {
                map.with(&*keys[0], |_| {
                    begin.wait();
                    a_while();
                });
            });
            let changes = scope.spawn(|| {
                begin.wait();
                map.with_mut(&*keys[0], |value| *value += 1)
            });
            begin.wait();
            let removed = map.remove(&*keys[0]);
            // Whoever came first.
            match changes.join().unwrap() {
                Some(()) => assert_eq!(removed, Some(1)),
                None => assert_eq!(removed, Some(0)),
            }
        });
        assert!(map.is_empty());
    });
}

#[test]
fn a_key_that_dies_while_another_thread_has_its_value() {
    without_deadlock(|| {
        for change in [false, true] {
            let alive = Tally::default();
            let map = Map::<Token>::default();
            let key = item(1);
            map.insert(&key, alive.token());
            let (begin, end) = (Barrier::new(2), Barrier::new(2));
            thread::scope(|scope| {
                scope.spawn(|| {
                    let stay = || {
                        begin.wait();
                        end.wait();
                    };
                    if change {
                        map.for_each_mut(|_, _| stay());
                    } else {
                        map.for_each(|_, _| stay());
                    }
                });
                begin.wait();
                weakref_core::clear_weakrefs(&key);
                assert!(map.is_empty(), "the entry goes at once");
                assert_eq!(alive.count(), 1);
                end.wait();
            });
            assert_eq!(alive.count(), 0, "the value when the closure has returned");
            drop(key);
        }
    });
}

#[test]
fn a_thread_that_ends_leaves_the_map_usable() {
    let (map, keys) = filled(3);
    let other = Arc::clone(&map);
    let dies = keys[0].clone();
    let result = thread::spawn(move || {
        other.with_mut(&*dies, |value| {
            *value = 7;
            panic!("{OOPS}");
        });
    })
    .join();
    assert!(result.is_err());
    assert_eq!(map.get(&*keys[0]), Some(7), "there is no poison");
    assert_eq!(map.remove(&*keys[0]), Some(7));
}

#[test]
fn all_operations_at_once() {
    without_deadlock(|| {
        let alive = Tally::default();
        let map = Map::<Token>::default();
        let shared: Vec<_> = (0..16).map(item).collect();
        in_threads(4, |thread| {
            for round in 0..rounds(2000) {
                let of = &shared[(round * 7 + thread) as usize % shared.len()];
                match (round + thread) % 10 {
                    0..3 => drop(map.insert(of, alive.token())),
                    3 => drop(map.get(&**of)),
                    4 => drop(map.with_mut(&**of, |token| *token = alive.token())),
                    5 => drop(map.remove(&**of)),
                    6 => drop(map.get_or_insert_with(of, || alive.token())),
                    7 => drop(map.entry(of).or_insert_with(|| alive.token()).get()),
                    8 => map.retain(|key, _| (key.name() + round) % 5 != 0),
                    _ => {
                        let own = item(1000 + thread);
                        map.insert(&own, alive.token());
                    }
                }
            }
        });
        assert_eq!(map.len(), alive.count());
        assert_eq!(map.len(), map.iter().len());
        let there = shared.iter().filter(|key| map.contains_key(&***key)).count();
        assert_eq!(map.len(), there);
        for key in &shared {
            assert_eq!(weakref_count(key), usize::from(map.contains_key(&**key)));
        }
        drop(shared);
        assert!(map.is_empty());
        assert_eq!(alive.count(), 0);
    });
}
