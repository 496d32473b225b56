//! `get_or_insert_with`, by many threads for the same key.

use std::{
    cell::Cell,
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    thread,
};

use weakref_tests::{Call, Log, OOPS, a_while, caught, once, rounds, without_deadlock};

use super::{
    Usable,
    harness::{Container, EntryMap, Owner, SameHash, ValueMap, item},
    in_threads,
};

for_kinds! {
    with_factory:
    b373_one_factory_runs_for_a_key
    factories_for_several_keys_run_at_once
    who_waits_gets_what_was_made_even_if_the_maker_drops_it_at_once
    those_who_wait_get_something_though_it_is_removed_at_once
    if_factories_fail_each_has_its_turn
    a_factory_that_fails_or_panics_is_followed_by_the_next
    nothing_is_locked_while_the_factory_runs
    what_another_thread_inserts_meanwhile_wins
    a_factory_that_needs_what_another_thread_is_making
    what_comes_and_goes_is_made_again
}
for_kinds! { of_one_hash: who_waits_for_another_key_makes_its_own_afterwards }
for_kinds! { maps: one_of_several_try_inserts_succeeds }

const THREADS: u32 = 6;

fn b373_one_factory_runs_for_a_key<C: Container + Usable>() {
    let it = C::default();
    for round in 0..rounds(30) {
        let keys: Vec<_> = (10 * round..10 * round + 10).map(item).collect();
        let runs = AtomicUsize::new(0);
        let got = in_threads(THREADS, |thread| -> Vec<_> {
            let ask = |key| {
                let make = || {
                    runs.fetch_add(1, Relaxed);
                    thread::yield_now();
                    C::made_for(key)
                };
                if thread % 2 == 0 {
                    it.get_or_make(key, make)
                } else {
                    it.get_or_try_make::<()>(key, || Ok(make())).unwrap()
                }
            };
            keys.iter().map(ask).collect()
        });
        // All keep theirs to the end, so that nobody had reason to make another.
        assert_eq!((runs.into_inner(), it.len()), (10, 10));
        for mine in &got {
            assert!(mine.iter().zip(&got[0]).all(|(one, other)| Arc::ptr_eq(one, other)));
        }
        drop((got, keys));
        assert!(it.is_empty());
    }
}

fn one_of_several_try_inserts_succeeds<C: EntryMap + Usable>() {
    for round in 0..rounds(100) {
        let (it, key) = (C::default(), item(round));
        let values: Vec<_> = (0..THREADS).map(|thread| item(100 + thread)).collect();
        let found = in_threads(THREADS, |thread| {
            let value = &values[thread as usize];
            let error = it.try_insert(&key, value).err()?;
            assert!(Arc::ptr_eq(&error.value, value));
            C::value(&error.entry)
        });
        let won = it.get(&key).unwrap();
        assert_eq!(found.iter().flatten().count(), THREADS as usize - 1);
        assert!(found.iter().flatten().all(|there| Arc::ptr_eq(there, &won)));
    }
}

fn factories_for_several_keys_run_at_once<C: Container + Usable>() {
    let (it, all) = (C::default(), Barrier::new(4));
    let kept = in_threads(4, |thread| {
        let key = item(thread);
        let made = it.get_or_make(&key, || {
            all.wait();
            C::made_for(&key)
        });
        (key, made)
    });
    assert_eq!((it.len(), kept.len()), (4, 4));
}

fn who_waits_gets_what_was_made_even_if_the_maker_drops_it_at_once<C: Container + Usable>() {
    let (it, late) = (C::default(), AtomicUsize::new(0));
    let turns = rounds(20);
    for _ in 0..turns {
        let (asked, key) = (Barrier::new(4), item(1));
        in_threads(4, |thread| {
            if thread == 0 {
                drop(it.get_or_make(&key, || {
                    asked.wait();
                    a_while();
                    C::made_for(&key)
                }));
            } else {
                asked.wait();
                // On a busy machine this can come too late, when the first has made and dropped it.
                let made = it.get_or_make(&key, || {
                    late.fetch_add(1, Relaxed);
                    C::made_for(&key)
                });
                assert_eq!(made.name() % 100, 1);
            }
        });
        drop(key);
        assert!(it.is_empty(), "the last one has dropped it");
    }
    assert!(late.into_inner() < 3 * turns, "it was never what the first has made");
}

fn those_who_wait_get_something_though_it_is_removed_at_once<C: Container + Usable>() {
    for _ in 0..rounds(50) {
        let (it, key, runs) = (C::default(), item(1), AtomicUsize::new(0));
        in_threads(3, |thread| {
            if thread == 0 {
                (0..50).for_each(|_| drop(it.remove_pair(&key)));
            } else {
                let made = it.get_or_make(&key, || {
                    runs.fetch_add(1, Relaxed);
                    C::made_for(&key)
                });
                assert_eq!(made.name() % 100, 1);
            }
        });
        assert!((1..=4).contains(&runs.into_inner()));
    }
}

/// A factory, the number of the attempt, and whether it is to fail.
fn attempt<C: Container>(key: &Owner, fails: bool, panics: bool) -> Result<Owner, ()> {
    assert!(!(fails && panics), "{OOPS}");
    if fails { Err(()) } else { Ok(C::made_for(key)) }
}

fn if_factories_fail_each_has_its_turn<C: Container + Usable>() {
    for panics in [false, true] {
        let (it, key, tries) = (C::default(), item(1), AtomicUsize::new(0));
        let results = in_threads(THREADS, |_| {
            caught(|| {
                it.get_or_try_make(&key, || {
                    let number = tries.fetch_add(1, Relaxed);
                    thread::yield_now();
                    attempt::<C>(&key, number + 2 < THREADS as usize, panics)
                })
            })
        });
        let made: Vec<_> = results.iter().flatten().flatten().collect();
        assert_eq!((made.len(), tries.into_inner()), (2, THREADS as usize - 1));
        assert!(Arc::ptr_eq(made[0], made[1]));
    }
}

fn a_factory_that_fails_or_panics_is_followed_by_the_next<C: Container + Usable>() {
    for panics in [false, true] {
        let (it, key, asked) = (C::default(), item(1), Barrier::new(2));
        let results = in_threads(2, |thread| {
            let result = caught(|| {
                if thread == 0 {
                    let make = || {
                        asked.wait();
                        a_while();
                        attempt::<C>(&key, true, panics)
                    };
                    it.get_or_try_make(&key, make)
                } else {
                    asked.wait();
                    it.get_or_try_make::<()>(&key, || Ok(C::made_for(&key)))
                }
            });
            result.map(|result| result.map(|made| made.name() % 100))
        });
        assert_eq!(results[0], if panics { Err(OOPS.to_owned()) } else { Ok(Err(())) });
        assert_eq!(results[1], Ok(Ok(1)));
        drop(key);
        assert!(it.is_empty());
    }
}

fn nothing_is_locked_while_the_factory_runs<C: Container + Usable>() {
    let (it, pairs) = (C::default(), C::new_pairs(4));
    it.update(pairs[..3].to_vec());
    let (send, receive) = mpsc::channel();
    let [key, other] = [item(17), item(18)];
    let made = it.get_or_make(&key, || {
        thread::scope(|scope| {
            scope.spawn(|| {
                assert!(it.get(&pairs[1].0).is_some());
                it.insert(&pairs[3].0, &pairs[3].1);
                it.remove(&pairs[2].0);
                let other = it.get_or_make(&other, || C::made_for(&other));
                send.send((it.len(), other)).unwrap();
            });
        });
        C::made_for(&key)
    });
    let (len, other) = receive.recv().unwrap();
    assert_eq!((len, other.name() % 100, made.name() % 100), (4, 18, 17));
}

fn what_another_thread_inserts_meanwhile_wins<C: Container + Usable>() {
    let (it, meanwhile) = (C::default(), C::pair(1));
    let (asked, inserted) = (Barrier::new(3), Barrier::new(2));
    let got = in_threads(3, |thread| match thread {
        0 => it.get_or_make(&meanwhile.0, || {
            asked.wait();
            inserted.wait();
            item(1)
        }),
        1 => {
            asked.wait();
            it.get_or_make(&meanwhile.0, || unreachable!("the other is making it"))
        }
        _ => {
            asked.wait();
            a_while();
            it.insert(&meanwhile.0, &meanwhile.1);
            let there = it.get(&meanwhile.0).unwrap();
            inserted.wait();
            there
        }
    });
    assert!(got.iter().all(|got| Arc::ptr_eq(got, &meanwhile.1)));
    assert_eq!(it.len(), 1);
}

fn a_factory_that_needs_what_another_thread_is_making<C: Container + Usable>() {
    let (it, both, keys) = (C::default(), Barrier::new(2), [item(1), item(2)]);
    let names = in_threads(2, |thread| {
        if thread == 0 {
            let slow = it.get_or_make(&keys[1], || {
                both.wait();
                a_while();
                C::made_for(&keys[1])
            });
            (slow.name() % 100, 0)
        } else {
            both.wait();
            let mut inner = 0;
            let made = it.get_or_make(&keys[0], || {
                inner = it.get_or_make(&keys[1], || C::made_for(&keys[1])).name() % 100;
                C::made_for(&keys[0])
            });
            (made.name() % 100, inner)
        }
    });
    assert_eq!(names, [(2, 0), (1, 2)]);
}

fn what_comes_and_goes_is_made_again<C: Container + Usable>() {
    let it = C::default();
    in_threads(THREADS, |_| {
        for round in 0..rounds(1_000) {
            let key = item(round % 7);
            let found = it.get_or_make(&key, || C::made_for(&key));
            assert_eq!(found.name() % 100, round % 7);
            if round % 5 == 0 {
                it.remove_pair(&key);
            }
        }
    });
    assert_eq!((it.len(), it.pairs().len()), (0, 0));
}

/// What the other thread makes has the same hash, and another key.
fn who_waits_for_another_key_makes_its_own_afterwards<C: Container + Usable>() {
    let (it, asked) = (C::default(), Barrier::new(2));
    let kept = in_threads(2, |thread| {
        let key = item(thread);
        if thread == 1 {
            asked.wait();
        }
        let made = it.get_or_make(&key, || {
            if thread == 0 {
                asked.wait();
                a_while();
            }
            C::made_for(&key)
        });
        assert_eq!(made.name() % 100, thread);
        (key, made)
    });
    assert_eq!((it.len(), kept.len()), (2, 2));
}

type OneHash = ValueMap<SameHash>;

#[test]
fn a_listener_that_loads_again_what_has_died_while_others_ask_for_it() {
    thread_local! {
        static LISTENS: Cell<bool> = const { Cell::new(false) };
    }
    without_deadlock(|| {
        let map = Arc::new(OneHash::default());
        let weak = Arc::downgrade(&map);
        map.on_removal(move |key: &Owner, _| {
            // It is told of the death of what it loads itself, too.
            if !LISTENS.replace(true) {
                let again = weak.upgrade().unwrap().get_or_insert_with(key.clone(), || item(7));
                assert_eq!(again.name(), 7);
                drop(again);
                LISTENS.set(false);
            }
        });
        in_threads(2, |_| {
            for _ in 0..rounds(20_000) {
                assert_eq!(map.get_or_insert_with(item(7), || item(7)).name(), 7);
            }
        });
        assert!(map.is_empty());
    });
}

/// The listener needs what the one who waits is making.
#[test]
fn who_waits_is_told_before_the_listeners_that_the_maker_calls() {
    without_deadlock(|| {
        let (map, other) = (Arc::new(OneHash::default()), Arc::new(OneHash::default()));
        let (doomed, asked) = (item(1), Barrier::new(2));
        map.insert(item(1), &doomed);
        let (needed, log) = (Arc::clone(&other), Log::default());
        let seen = log.clone();
        map.on_removal(move |_, _| {
            seen.put(caught(|| needed.get_or_insert_with(item(5), || item(50)).name()));
        });
        thread::scope(|scope| {
            let waits = scope.spawn(|| {
                other.get_or_insert_with(item(5), || {
                    asked.wait();
                    map.get_or_insert_with(item(2), || unreachable!("it is in the making"))
                })
            });
            let mut until = None;
            let made = map.get_or_insert_with(item(2), || {
                asked.wait();
                a_while();
                // In the search that puts it there.
                until = Some(once(Call::KeyEq, move |_| drop(doomed)));
                item(2)
            });
            drop(until);
            assert!(Arc::ptr_eq(&made, &waits.join().unwrap()));
            assert_eq!(log.take(), [Ok(2)]);
        });
    });
}
