//! A value is for one who changes it, or for all who look at it.

use super::*;

#[test]
fn a_counter_that_many_threads_count_up_is_exact() {
    without_deadlock(|| {
        let (map, keys) = filled(2);
        in_threads(4, |thread| {
            for round in 0..5000 {
                // Read and written in two steps: exact only if nobody comes between.
                let count = |value: &mut u64| *value = std::hint::black_box(*value) + 1;
                match (round + thread) % 3 {
                    0 => drop(map.entry(&keys[0]).and_modify(count)),
                    1 => drop(map.entry(&keys[0]).or_insert(0).with_mut(count)),
                    _ => drop(map.with_mut(&*keys[0], count)),
                }
            }
        });
        assert_eq!(map.get(&*keys[0]), Some(20_000));
    });
}

#[test]
fn nobody_sees_half_a_change() {
    without_deadlock(|| {
        let map = Map::<Key, (u64, u64)>::default();
        let key = key(1);
        map.insert(&key, (0, 0));
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
            for _ in 0..5000 {
                map.with_mut(&*key, |pair| {
                    pair.0 += 1;
                    std::hint::black_box(&mut *pair);
                    pair.1 += 1;
                });
            }
            done.store(true, Ordering::Relaxed);
        });
        assert_eq!(map.get(&*key), Some((5000, 5000)));
    });
}

#[test]
fn a_value_that_is_replaced_all_the_time_is_always_there() {
    without_deadlock(|| {
        let map = Map::<Key, u64>::default();
        let key = key(1);
        map.insert(&key, 0);
        in_threads(2, |thread| {
            for round in 0..20_000 {
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
            assert!(text.contains("0: <locked>") && text.contains("1: 1"), "{text}");
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
        let map = Arc::new(Map::<Slotted<weakref_tests::Key>, usize>::default());
        let key = Arc::new(Slotted::new(weakref_tests::Key(0)));
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
                let doomed = Arc::new(Slotted::new(weakref_tests::Key(number.try_into().unwrap())));
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
