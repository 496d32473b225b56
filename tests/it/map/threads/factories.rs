//! `get_or_insert_with`, by many threads for the same key.

use std::{
    cell::Cell,
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use weakref_tests::{AllAlike, Call, Key, Log, a_while, caught, once, rounds, without_deadlock};

use super::{filled, value};

type Map = super::Map<AllAlike>;

#[test]
fn the_factory_runs_once() {
    const THREADS: usize = 8;
    let map = Map::default();
    for round in 0..50 {
        let (made, barrier) = (AtomicUsize::new(0), Barrier::new(THREADS));
        let got: Vec<_> = thread::scope(|scope| {
            let ask = || {
                barrier.wait();
                map.get_or_insert_with(Key(round), || {
                    made.fetch_add(1, Ordering::Relaxed);
                    thread::yield_now();
                    value(round)
                })
            };
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        // All of them keep theirs to the end, so that nobody had reason to make another.
        assert_eq!(made.load(Ordering::Relaxed), 1);
        assert!(got.iter().all(|other| Arc::ptr_eq(other, &got[0])));
        assert_eq!((map.len(), Arc::strong_count(&got[0])), (1, THREADS));
    }
    assert!(map.is_empty());
}

#[test]
fn who_waits_gets_the_very_value_even_if_the_maker_drops_it_at_once() {
    let (map, made) = (Map::default(), AtomicUsize::new(0));
    for _ in 0..20 {
        let asked = Barrier::new(4);
        thread::scope(|scope| {
            scope.spawn(|| {
                map.get_or_insert_with(Key(1), || {
                    asked.wait();
                    a_while();
                    value(7)
                });
            });
            for _ in 0..3 {
                scope.spawn(|| {
                    asked.wait();
                    let found = map.get_or_insert_with(Key(1), || {
                        made.fetch_add(1, Ordering::Relaxed);
                        value(8)
                    });
                    assert_eq!(**found, 7, "it has not been made again");
                });
            }
        });
        assert!(map.is_empty(), "the last one has dropped it");
    }
    assert_eq!(made.load(Ordering::Relaxed), 0);
}

/// One thread's factory comes to `end` while another thread waits for it. Returns the first one's
/// result, and the number of the value that the second one got.
fn failing(end: fn() -> Result<Arc<super::Value>, ()>) -> (Result<(), String>, u32) {
    let (map, asked) = (Map::default(), Barrier::new(2));
    let result = thread::scope(|scope| {
        let first = scope.spawn(|| {
            let make = || {
                asked.wait();
                a_while();
                end()
            };
            caught(|| drop(map.get_or_try_insert_with(Key(1), make)))
        });
        let second = scope.spawn(|| {
            asked.wait();
            **map.get_or_insert_with(Key(1), || value(2))
        });
        (first.join().unwrap(), second.join().unwrap())
    });
    assert!(map.is_empty());
    result
}

#[test]
fn if_the_factory_fails_the_next_one_tries() {
    assert_eq!(failing(|| Err(())), (Ok(()), 2));
}

#[test]
fn if_the_factory_panics_the_next_one_tries() {
    assert_eq!(failing(|| panic!("oops")), (Err("oops".into()), 2));
}

#[test]
fn if_the_factories_fail_each_has_its_turn() {
    const THREADS: usize = 6;
    let (map, tries, barrier) = (Map::default(), AtomicUsize::new(0), Barrier::new(THREADS));
    let results: Vec<_> = thread::scope(|scope| {
        let ask = || {
            barrier.wait();
            map.get_or_try_insert_with(Key(1), || {
                let number = tries.fetch_add(1, Ordering::Relaxed);
                thread::yield_now();
                if number + 2 < THREADS { Err(number) } else { Ok(value(1)) }
            })
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let made: Vec<_> = results.iter().flatten().collect();
    assert_eq!(tries.load(Ordering::Relaxed), THREADS - 1);
    assert!(made.len() == 2 && Arc::ptr_eq(made[0], made[1]));
}

#[test]
fn nothing_is_locked_while_the_factory_runs() {
    // All keys are in the same shard.
    let (map, values) = filled::<AllAlike>(3);
    let (send, receive) = mpsc::channel();
    let made = map.get_or_insert_with(Key(7), || {
        thread::scope(|scope| {
            scope.spawn(|| {
                assert!(map.get(&Key(1)).is_some());
                map.insert(Key(9), &values[0]);
                map.remove(&Key(2));
                let other = map.get_or_insert_with(Key(8), || value(8));
                send.send((map.len(), other)).unwrap();
            });
        });
        value(7)
    });
    let (len, other) = receive.recv().unwrap();
    assert_eq!((len, **other, **made), (4, 8, 7));
}

#[test]
fn what_another_thread_inserts_meanwhile_wins() {
    let (map, meanwhile) = (Map::default(), value(3));
    let (asked, inserted) = (Barrier::new(3), Barrier::new(2));
    let got = thread::scope(|scope| {
        let maker = scope.spawn(|| {
            map.get_or_insert_with(Key(1), || {
                asked.wait();
                inserted.wait();
                value(1)
            })
        });
        let waiter = scope.spawn(|| {
            asked.wait();
            map.get_or_insert_with(Key(1), || unreachable!("the other is making it"))
        });
        asked.wait();
        a_while();
        map.insert(Key(1), &meanwhile);
        assert!(Arc::ptr_eq(&map.get(&Key(1)).unwrap(), &meanwhile));
        inserted.wait();
        [maker.join().unwrap(), waiter.join().unwrap()]
    });
    assert!(got.iter().all(|got| Arc::ptr_eq(got, &meanwhile)));
    assert_eq!(map.len(), 1);
}

#[test]
fn a_factory_that_needs_what_another_thread_is_making() {
    without_deadlock(|| {
        let (map, both) = (Map::default(), Barrier::new(2));
        thread::scope(|scope| {
            scope.spawn(|| {
                map.get_or_insert_with(Key(2), || {
                    both.wait();
                    a_while();
                    value(2)
                })
            });
            both.wait();
            let made = map.get_or_insert_with(Key(1), || {
                let other = map.get_or_insert_with(Key(2), || value(2));
                value(**other + 10)
            });
            assert_eq!(**made, 12);
        });
    });
}

#[test]
fn a_listener_that_loads_again_what_has_died_while_others_ask_for_it() {
    thread_local! {
        static LISTENS: Cell<bool> = const { Cell::new(false) };
    }
    without_deadlock(|| {
        let map = Arc::new(Map::default());
        let weak = Arc::downgrade(&map);
        map.on_removal(move |key, _| {
            // It is told of the death of what it loads itself, too.
            if !LISTENS.replace(true) {
                let again = weak.upgrade().unwrap().get_or_insert_with(key.clone(), || value(7));
                assert_eq!(**again, 7);
                drop(again);
                LISTENS.set(false);
            }
        });
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..rounds(20_000) {
                        assert_eq!(**map.get_or_insert_with(Key(7), || value(7)), 7);
                    }
                });
            }
        });
        assert!(map.is_empty());
    });
}

#[test]
fn who_waits_is_told_before_the_listeners_that_the_maker_calls() {
    // The listener needs what the one who waits is making.
    without_deadlock(|| {
        let (map, other) = (Arc::new(Map::default()), Arc::new(Map::default()));
        let (doomed, asked) = (value(1), Barrier::new(2));
        map.insert(Key(1), &doomed);
        let (needed, log) = (Arc::clone(&other), Log::default());
        let seen = log.clone();
        map.on_removal(move |_, _| {
            seen.put(caught(|| **needed.get_or_insert_with(Key(5), || value(50))));
        });
        thread::scope(|scope| {
            let waits = scope.spawn(|| {
                other.get_or_insert_with(Key(5), || {
                    asked.wait();
                    map.get_or_insert_with(Key(2), || unreachable!("it is in the making"))
                })
            });
            let mut until = None;
            let made = map.get_or_insert_with(Key(2), || {
                asked.wait();
                a_while();
                // In the search that puts it there.
                until = Some(once(Call::KeyEq, move |_| drop(doomed)));
                value(2)
            });
            drop(until);
            assert!(Arc::ptr_eq(&made, &waits.join().unwrap()));
            assert_eq!(log.take(), [Ok(2)]);
        });
    });
}
