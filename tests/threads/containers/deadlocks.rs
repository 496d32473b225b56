//! Threads that need what the others are in the middle of: where they would wait for ever, one of them
//! panics; where they would not, none does.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use weakref_core::{Slotted, WeakKeyMap, WeakValueMap};
use weakref_tests::{
    CIRCLE, Call, Key, REENTRY, SameHash, a_while, caught, once, rounds, without_deadlock,
};

use super::{
    Usable,
    harness::{Container, FixedHasher, item},
    in_threads,
};

for_kinds! {
    with_factory:
    factories_that_need_each_other
    factories_that_need_each_other_by_way_of_two_containers
}

type Value = Slotted<u32>;
/// All keys have the same hash.
type Map = WeakValueMap<Key, Value, SameHash>;
/// The keys are spread over the shards, the same in each run.
type ShardedMap = WeakValueMap<Key, Value, FixedHasher>;

fn value(number: u32) -> Arc<Value> {
    Arc::new(Slotted::new(number))
}

/// Returns two maps, and a value that is in the first of them under this key.
fn two_maps(key: u32) -> ([Arc<Map>; 2], Arc<Value>) {
    let (maps, kept) = ([Map::default(), Map::default()].map(Arc::new), value(key));
    maps[0].insert(Key(key), &kept);
    (maps, kept)
}

/// What a factory does that others wait for, and that fails.
fn fail_as_others_wait(asked: &Barrier, inside: &Barrier) -> Result<Arc<Value>, ()> {
    asked.wait();
    inside.wait();
    a_while();
    Err(())
}

/// Returns how many have panicked, each of them as it would have waited for ever.
#[track_caller]
pub(super) fn count_circles<T>(results: &[Result<T, String>]) -> usize {
    let panics: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    assert!(panics.iter().all(|message| message.contains(CIRCLE)), "{panics:?}");
    panics.len()
}

/// In a circle of so many threads, of which each has a factory run that needs what the next one makes.
fn circle_of_factories<C: Container + Usable>(
    count: u32,
    container_of: impl Fn(u32) -> Arc<C> + Sync,
) {
    let (all, keys) = (Barrier::new(count as usize), (0..count).map(item).collect::<Vec<_>>());
    let results = in_threads(count, |thread| {
        let next = (thread + 1) % count;
        let [mine, theirs] = [thread, next].map(|number| &keys[number as usize]);
        caught(|| {
            container_of(thread).get_or_make(mine, || {
                all.wait();
                // If the other one has failed, this is up to it: and it does not fail.
                drop(container_of(next).get_or_make(theirs, || C::made_for(theirs)));
                C::made_for(mine)
            })
        })
    });
    assert_eq!(count_circles(&results), 1, "one panics, and the others continue");
    drop((results, keys));
    assert!((0..count).all(|thread| container_of(thread).is_empty()));
}

fn factories_that_need_each_other<C: Container + Usable>() {
    for round in 0..rounds(30) {
        let it = Arc::new(C::default());
        circle_of_factories(2 + round % 2, |_| Arc::clone(&it));
    }
}

fn factories_that_need_each_other_by_way_of_two_containers<C: Container + Usable>() {
    for _ in 0..rounds(30) {
        let containers = [C::default(), C::default()].map(Arc::new);
        circle_of_factories(2, |thread| Arc::clone(&containers[thread as usize]));
    }
}

/// Runs `f` as often as is needed for threads to meet in several ways.
fn many_times(f: fn()) {
    without_deadlock(move || {
        for _ in 0..rounds(30) {
            f();
        }
    });
}

#[test]
fn a_thread_that_is_no_longer_waited_for_closes_no_circle() {
    // 1 needs 2, and 3 needs 1: no circle. But the thread that has made 2 goes on to 3 before the
    // one that makes 1 wakes up and has 2.
    many_times(|| {
        let (map, asking) = (Map::default(), Barrier::new(2));
        let (first, last) = thread::scope(|scope| {
            let first = scope.spawn(|| {
                let make = || {
                    asking.wait();
                    let two = map.get_or_insert_with(Key(2), || unreachable!());
                    value(**two + 10)
                };
                caught(|| map.get_or_insert_with(Key(1), make))
            });
            let last = scope.spawn(|| {
                let two = map.get_or_insert_with(Key(2), || {
                    asking.wait();
                    a_while();
                    value(2)
                });
                let make = || {
                    let one = map.get_or_insert_with(Key(1), || value(**two + 10));
                    value(**one + 10)
                };
                caught(|| map.get_or_insert_with(Key(3), make))
            });
            (first.join().unwrap(), last.join().unwrap())
        });
        assert_eq!(first.map(|one| **one), Ok(12));
        assert_eq!(last.map(|three| **three), Ok(22));
    });
}

#[test]
fn factories_that_need_lower_numbers_never_form_a_circle() {
    without_deadlock(|| {
        const THREADS: u32 = 4;
        const LAST: u32 = 12;
        fn make(map: &Map, number: u32) -> Arc<Value> {
            map.get_or_insert_with(Key(number), || {
                for lower in (0..number).rev().take(2) {
                    make(map, lower);
                }
                value(number)
            })
        }
        let map = Map::default();
        for _ in 0..rounds(200) {
            thread::scope(|scope| {
                for thread in 0..THREADS {
                    let map = &map;
                    scope.spawn(move || {
                        for number in 0..=LAST {
                            let number = (number * 5 + thread * 3) % (LAST + 1);
                            assert_eq!(caught(|| **make(map, number)), Ok(number));
                        }
                    });
                }
            });
            assert!(map.is_empty());
        }
    });
}

/// In the middle of a search in one map, calls `inner` of the other map; and another thread the
/// other way round, at the same time. Returns what became of the two.
fn crossing(inner: fn(&Map)) -> [Result<(), String>; 2] {
    let maps = [Arc::new(Map::default()), Arc::new(Map::default())];
    let values = [value(1), value(2)];
    for map in &maps {
        map.insert(Key(1), &values[0]);
        map.insert(Key(2), &values[1]);
    }
    let both = Arc::new(Barrier::new(2));
    let search = |mine: usize| {
        let (map, other) = (Arc::clone(&maps[mine]), Arc::clone(&maps[1 - mine]));
        let both = Arc::clone(&both);
        thread::spawn(move || {
            let _until = once(Call::KeyEq, move |_| {
                both.wait();
                inner(&other);
            });
            caught(|| assert!(map.contains_key(&Key(1))))
        })
    };
    let results = [search(0), search(1)].map(|thread| thread.join().unwrap());
    for map in &maps {
        assert!(map.len() <= 2);
        let before = map.len();
        let guest = value(3);
        map.insert(Key(3), &guest);
        assert_eq!(map.len(), before + 1);
    }
    drop(values);
    assert!(maps.iter().all(|map| map.is_empty()));
    results
}

#[test]
fn searches_that_cross() {
    type Inner = fn(&Map);
    const INNER: [(&str, Inner); 9] = [
        ("get", |map| drop(map.get(&Key(1)))),
        ("insert", |map| drop(map.insert(Key(5), &value(5)))),
        ("remove", |map| drop(map.remove(&Key(5)))),
        ("capacity", |map| assert!(map.capacity() > 0)),
        ("get_or_insert_with", |map| drop(map.get_or_insert_with(Key(5), || value(5)))),
        ("get_key_value", |map| drop(map.get_key_value(&Key(1)))),
        ("for_each", |map| map.for_each(|_, _| ())),
        ("keys", |map| drop(map.keys())),
        ("clone", |map| drop(map.clone())),
    ];
    without_deadlock(|| {
        for (name, inner) in INNER {
            for _ in 0..rounds(5) {
                let results = crossing(inner);
                assert!(count_circles(&results) > 0, "{name}: they cannot both have got through");
            }
        }
    });
}

#[test]
fn lengths_in_searches_that_cross() {
    // They lock nothing, and so wait for nothing.
    without_deadlock(|| {
        let lengths: [fn(&Map); 2] = [|map| assert!(map.len() < 4), |map| assert!(!map.is_empty())];
        for length in lengths {
            let results = crossing(length);
            assert_eq!(count_circles(&results), 0);
        }
    });
}

#[test]
fn searches_that_cross_after_a_factory() {
    // The factory has run when its thread finds that it cannot come inside again. The panic ends
    // the attempt, which means to come inside as well.
    many_times(|| {
        let (maps, kept) = two_maps(1);
        maps[1].insert(Key(1), &kept);
        let (start, started) = mpsc::channel();
        let (enter, entered) = mpsc::channel();
        let one = thread::spawn({
            let maps = maps.clone();
            move || {
                let other = Arc::clone(&maps[1]);
                let _until = once(Call::KeyEq, move |_| {
                    let _ = other.get_or_insert_with(Key(5), || {
                        start.send(()).unwrap();
                        entered.recv().unwrap();
                        thread::sleep(Duration::from_millis(2));
                        value(5)
                    });
                });
                caught(|| drop(maps[0].get(&Key(1))))
            }
        });
        let two = thread::spawn({
            let maps = maps.clone();
            move || {
                let other = Arc::clone(&maps[0]);
                started.recv().unwrap();
                let _until = once(Call::KeyEq, move |_| {
                    enter.send(()).unwrap();
                    drop(other.get(&Key(1)));
                });
                caught(|| drop(maps[1].get(&Key(1))))
            }
        });
        let results = [one.join().unwrap(), two.join().unwrap()];
        assert!(count_circles(&results) > 0);
        // The key is free again.
        assert_eq!(**maps[1].get_or_insert_with(Key(5), || value(6)), 6);
    });
}

#[test]
fn a_search_that_needs_what_a_factory_is_making() {
    // The factory, in turn, needs the map that is being searched.
    many_times(|| {
        let ([searched, making], _kept) = two_maps(1);
        let both = Arc::new(Barrier::new(2));
        let first = thread::spawn({
            let (searched, making, both) = (searched.clone(), making.clone(), both.clone());
            move || {
                caught(|| {
                    drop(making.get_or_insert_with(Key(5), || {
                        both.wait();
                        searched.get(&Key(1)).unwrap()
                    }));
                })
            }
        });
        let second = thread::spawn({
            let (searched, making, both) = (searched.clone(), making.clone(), both.clone());
            move || {
                let _until = once(Call::KeyEq, move |_| {
                    both.wait();
                    drop(making.get_or_insert_with(Key(5), || value(6)));
                });
                caught(|| drop(searched.get(&Key(1))))
            }
        });
        let results = [first.join().unwrap(), second.join().unwrap()];
        assert_eq!(count_circles(&results), 1);
        // If it was not the maker that failed, it has put the same value there.
        assert_eq!((searched.len(), making.len()), (1, usize::from(results[0].is_ok())));
    });
}

#[test]
fn a_search_that_needs_what_waits_for_a_factory_that_fails() {
    // The factory has failed, and its thread cannot say so: another one is in the middle of a search
    // there, and waits for who waits for the factory.
    without_deadlock(|| {
        let ([map, other], _kept) = two_maps(9);
        let (asked, inside) = (Arc::new(Barrier::new(3)), Arc::new(Barrier::new(2)));
        let fails = thread::spawn({
            let (map, asked, inside) = (map.clone(), asked.clone(), inside.clone());
            move || {
                let make = || fail_as_others_wait(&asked, &inside);
                caught(|| assert_eq!(map.get_or_try_insert_with(Key(1), make).err(), Some(())))
            }
        });
        let waits = thread::spawn({
            let (map, other, asked) = (map.clone(), other.clone(), asked.clone());
            move || {
                let make = || {
                    asked.wait();
                    map.get_or_insert_with(Key(1), || value(1))
                };
                caught(|| drop(other.get_or_insert_with(Key(2), make)))
            }
        });
        let searches = thread::spawn({
            let (map, other) = (map.clone(), other.clone());
            move || {
                asked.wait();
                a_while();
                let _until = once(Call::KeyEq, move |_| {
                    inside.wait();
                    drop(other.get_or_insert_with(Key(2), || value(3)));
                });
                caught(|| drop(map.get(&Key(9))))
            }
        });
        let results = [fails, waits, searches].map(|thread| thread.join().unwrap());
        assert!(count_circles(&results) <= 1);
        // The keys are free again.
        assert_eq!(**map.get_or_insert_with(Key(1), || value(5)), 5);
        assert_eq!(**other.get_or_insert_with(Key(2), || value(6)), 6);
        assert_eq!((map.len(), other.len()), (1, 0));
    });
}

#[test]
fn a_failure_is_told_before_listeners_that_need_a_waiting_thread() {
    // The factory fails, and a value dies, while another thread is in the middle of a search: which then
    // tells of the one and of the other.
    without_deadlock(|| {
        let (map, values) = (Arc::new(Map::default()), Arc::new(WeakKeyMap::new()));
        let owner = value(0);
        values.insert(&owner, 0);
        let [kept, doomed] = [9, 8].map(value);
        map.insert(Key(9), &kept);
        map.insert(Key(8), &doomed);
        map.on_removal({
            let (values, owner) = (values.clone(), owner.clone());
            move |_: &Key, _| {
                values.with(&*owner, |_| ());
            }
        });
        let (asked, inside, failed) =
            (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let fails = thread::spawn({
            let (map, asked, inside, failed) =
                (map.clone(), asked.clone(), inside.clone(), failed.clone());
            move || {
                let make = || fail_as_others_wait(&asked, &inside);
                assert!(map.get_or_try_insert_with(Key(1), make).is_err());
                drop(doomed);
                failed.wait();
            }
        });
        asked.wait();
        let waits = thread::spawn({
            let (map, values, owner) = (map.clone(), values.clone(), owner.clone());
            move || values.with_mut(&*owner, |_| drop(map.get_or_insert_with(Key(1), || value(1))))
        });
        a_while();
        let searches = thread::spawn({
            let map = map.clone();
            move || {
                let _until = once(Call::KeyEq, move |_| {
                    inside.wait();
                    failed.wait();
                });
                assert!(map.get(&Key(9)).is_some());
            }
        });
        fails.join().unwrap();
        searches.join().unwrap();
        assert_eq!(waits.join().unwrap(), Some(()));
    });
}

#[test]
fn a_maker_does_not_wait_for_those_who_have_its_value() {
    // The others, woken or about to be, hold what the maker needs just afterwards.
    without_deadlock(|| {
        for _ in 0..rounds(200) {
            let (map, values) = (Map::default(), WeakKeyMap::new());
            let (owner, kept) = (value(0), value(9));
            values.insert(&owner, 0);
            map.insert(Key(9), &kept);
            let both = Arc::new(Barrier::new(2));
            let (map, values) = (Arc::new(map), Arc::new(values));
            thread::scope(|scope| {
                scope.spawn(|| {
                    both.wait();
                    values.with_mut(&*owner, |_| {
                        // In the middle of its search: so it comes in time.
                        let _until = once(Call::KeyEq, {
                            let both = both.clone();
                            move |_| {
                                both.wait();
                            }
                        });
                        drop(map.get_or_insert_with(Key(1), || value(2)));
                    })
                });
                let made = map.get_or_insert_with(Key(1), || {
                    both.wait();
                    both.wait();
                    value(1)
                });
                let (values, owner) = (values.clone(), owner.clone());
                let _until = once(Call::KeyEq, move |_| {
                    values.with(&*owner, |_| ());
                });
                assert_eq!(caught(|| drop(map.get(&Key(9)))), Ok(()));
                drop(made);
            });
        }
    });
}

/// Takes all that is in a map, while another thread is in the middle of a search for `sought` and waits
/// for this one; and asserts that what was taken until then was told of.
fn take_all_while_another_thread_searches(take: fn(&ShardedMap), sought: u32) {
    let values: Vec<_> = (0..16).map(value).collect();
    let pairs = values.iter().map(|value| (Key(***value), value.clone()));
    let map: Arc<ShardedMap> = Arc::new(pairs.collect());
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    map.on_removal(move |_, _| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    let (counts, key) = (Arc::new(WeakKeyMap::new()), value(0));
    counts.insert(&key, 0);
    let inside = Arc::new(Barrier::new(2));
    let searches = thread::spawn({
        let (map, counts, key, inside) = (map.clone(), counts.clone(), key.clone(), inside.clone());
        move || {
            let _until = once(Call::KeyEq, move |_| {
                inside.wait();
                counts.get(&*key);
            });
            caught(|| drop(map.get(&Key(sought))))
        }
    });
    let taken = caught(|| {
        counts.with_mut(&*key, |_| {
            inside.wait();
            a_while();
            take(&map);
        });
    });
    let results = [taken, searches.join().unwrap()];
    assert_eq!(count_circles(&results), 1);
    assert_eq!(told.load(Ordering::Relaxed), 16 - map.len(), "{sought}");
}

#[test]
fn what_was_taken_before_a_panic_was_told() {
    without_deadlock(|| {
        // The keys are in several shards, of which one is the first.
        for sought in 0..rounds(16).min(16) {
            take_all_while_another_thread_searches(ShardedMap::clear, sought);
            take_all_while_another_thread_searches(|map| drop(map.drain()), sought);
        }
    });
}

#[test]
fn waiting_for_a_thread_that_searches_is_no_circle() {
    // Many threads, which search in the one map in the middle of searches in the other, always in
    // this order.
    without_deadlock(|| {
        let ([outer, inner], kept) = two_maps(1);
        inner.insert(Key(1), &kept);
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (outer, inner) = (outer.clone(), inner.clone());
                thread::spawn(move || {
                    for _ in 0..rounds(500) {
                        let inner = inner.clone();
                        let _until = once(Call::KeyEq, move |_| drop(inner.get(&Key(1)).unwrap()));
                        let found = caught(|| outer.get(&Key(1)).is_some());
                        assert_eq!(found, Ok(true));
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn a_circle_of_one_is_told_as_what_it_is() {
    let map = Arc::new(Map::default());
    let kept = value(1);
    map.insert(Key(1), &kept);
    let inner = Arc::clone(&map);
    let _until = once(Call::KeyEq, move |_| drop(inner.get_or_insert_with(Key(1), || value(2))));
    let message = caught(|| map.get(&Key(1))).unwrap_err();
    assert!(message.contains(REENTRY), "{message}");
}
