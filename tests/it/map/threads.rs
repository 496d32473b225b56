//! What only several threads can show.

mod circles;
mod factories;

use std::{
    cell::RefCell,
    hash::RandomState,
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use weakref_core::{Slotted, WeakValueMap, clear_weakrefs, weakref_count};
use weakref_tests::{
    AllAlike, Call, Key, REENTRY, Tally, Token, a_while, caught, on, once, without_deadlock,
};

type Value = Slotted<u32>;
type Map<S = RandomState> = WeakValueMap<Key, Value, S>;

fn value(number: u32) -> Arc<Value> {
    Arc::new(Slotted::new(number))
}

/// A map from each number to a value of that number.
fn filled<S: std::hash::BuildHasher + Default>(size: u32) -> (Arc<Map<S>>, Vec<Arc<Value>>) {
    let values: Vec<_> = (0..size).map(value).collect();
    let pairs = values.iter().map(|value| (Key(***value), value.clone()));
    (Arc::new(pairs.collect()), values)
}

#[test]
fn b364_values_dropped_by_another_thread_while_this_one_iterates() {
    let (map, values) = filled::<RandomState>(500);
    let (send, doomed) = mpsc::channel::<Vec<Arc<Value>>>();
    let killer = thread::spawn(move || doomed.into_iter().for_each(drop));
    let mut values = Some(values);
    let mut seen = 0;
    map.for_each(|key, value| {
        assert_eq!(key.0, ***value);
        send_once(&send, &mut values);
        seen += 1;
    });
    assert!((1..=500).contains(&seen));
    drop(send);
    killer.join().unwrap();
    assert!(map.is_empty());
}

fn send_once<T>(send: &mpsc::Sender<T>, what: &mut Option<T>) {
    if let Some(what) = what.take() {
        send.send(what).unwrap();
    }
}

#[test]
fn b365_iterating_and_cloning_while_another_thread_kills() {
    for _ in 0..20 {
        let (map, values) = filled::<RandomState>(300);
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                barrier.wait();
                values.into_iter().for_each(drop);
            });
            barrier.wait();
            while !map.is_empty() {
                let clone = Map::clone(&map);
                assert!(map.iter().all(|(key, value)| key.0 == **value));
                map.retain(|key, value| key.0 == ***value);
                clone.for_each(|key, value| assert_eq!(key.0, ***value));
                assert!(map.value_refs().len() <= 300);
            }
        });
        assert_eq!(map.len(), 0);
        assert!(map.capacity() < 2000);
    }
}

#[test]
fn b366_a_value_is_found_whole_or_not_at_all() {
    struct Checked(u32);
    impl Drop for Checked {
        fn drop(&mut self) {
            self.0 = 0;
        }
    }
    let map = WeakValueMap::<u32, Slotted<Checked>>::new();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..5_000 {
                let value = Arc::new(Slotted::new(Checked(7)));
                map.insert(1, &value);
            }
            stop.store(true, Ordering::Relaxed);
        });
        while !stop.load(Ordering::Relaxed) {
            assert!(map.get(&1).is_none_or(|value| value.0 == 7));
        }
    });
    assert!(map.is_empty());
}

#[test]
fn b374_maps_and_values_change_threads() {
    let (map, values) = filled::<RandomState>(10);
    let (map, values) = thread::spawn(move || {
        map.remove(&Key(0));
        drop(values);
        let values: Vec<_> = (0..5).map(value).collect();
        for value in &values {
            map.insert(Key(***value), value);
        }
        (map, values)
    })
    .join()
    .unwrap();
    assert_eq!(map.len(), 5);
    drop(values);
    assert!(map.is_empty());
}

#[test]
fn values_owned_by_a_thread_go_with_it() {
    thread_local! {
        static OWNED: RefCell<Vec<Arc<Value>>> = const { RefCell::new(Vec::new()) };
    }
    let (map, values) = filled::<RandomState>(200);
    let inner = Arc::clone(&map);
    thread::spawn(move || {
        OWNED.set(values);
        assert_eq!(inner.len(), 200);
    })
    .join()
    .unwrap();
    assert_eq!(map.len(), 0);
}

#[test]
fn a_death_does_not_wait_for_who_is_inside() {
    let (map, mut values) = filled::<AllAlike>(4);
    let doomed = values.remove(1);
    let (entered, inside) = mpsc::channel();
    let (leave, left) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let searcher = scope.spawn(|| {
            let _until = once(Call::KeyEq, move |_| {
                entered.send(()).unwrap();
                left.recv().unwrap();
            });
            map.get(&Key(0)).is_some()
        });
        inside.recv().unwrap();
        // The other thread is in the middle of a search, and does not go on before this is done.
        let (done, dropped) = mpsc::channel();
        scope.spawn(move || {
            drop(doomed);
            done.send(()).unwrap();
        });
        let in_time = dropped.recv_timeout(Duration::from_secs(20));
        leave.send(()).unwrap();
        assert_eq!(in_time, Ok(()), "the death has waited");
        assert!(searcher.join().unwrap());
    });
    assert_eq!(map.len(), 3);
}

#[test]
fn who_finds_somebody_inside_waits() {
    let (map, values) = filled::<AllAlike>(4);
    let entered = Barrier::new(2);
    thread::scope(|scope| {
        let entered = &entered;
        let inside = Arc::new(AtomicBool::new(false));
        let searcher = scope.spawn({
            let (map, inside) = (&map, Arc::clone(&inside));
            move || {
                let (send, seen) = mpsc::channel();
                let _until = once(Call::KeyEq, {
                    let inside = Arc::clone(&inside);
                    move |_| {
                        inside.store(true, Ordering::SeqCst);
                        send.send(()).unwrap();
                        a_while();
                        inside.store(false, Ordering::SeqCst);
                    }
                });
                // Barriers borrow, and hooks do not: so another thread says that this one is in.
                scope.spawn(move || {
                    seen.recv().unwrap();
                    entered.wait();
                });
                map.get(&Key(0)).is_some()
            }
        });
        entered.wait();
        assert!(map.contains_key(&Key(3)));
        assert!(!inside.load(Ordering::SeqCst), "both were inside");
        map.remove(&Key(3));
        assert!(searcher.join().unwrap());
    });
    assert_eq!((map.len(), weakref_count(&values[3])), (3, 0));
}

#[test]
fn threads_at_other_keys_do_not_wait() {
    // Somebody stays inside one shard; at least one key of many is in another.
    let (map, _values) = filled::<RandomState>(64);
    let (entered, inside) = mpsc::channel();
    let (leave, left) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(|| {
            let _until = once(Call::KeyEq, move |_| {
                entered.send(()).unwrap();
                left.recv().unwrap();
            });
            map.get(&Key(0));
        });
        inside.recv().unwrap();
        let (done, found) = mpsc::channel();
        for key in 1..64 {
            let (map, done) = (&map, done.clone());
            scope.spawn(move || done.send(map.contains_key(&Key(key))));
        }
        let first = found.recv_timeout(Duration::from_secs(20));
        leave.send(()).unwrap();
        assert_eq!(first, Ok(true), "all have waited");
    });
}

#[test]
fn a_search_of_this_thread_does_not_refuse_others() {
    let (map, values) = filled::<AllAlike>(4);
    let refused = Arc::new(AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let (inner, count) = (Arc::clone(&map), Arc::clone(&refused));
                let _until = on(Call::KeyEq, move |_| {
                    let message = caught(|| inner.get(&Key(1))).unwrap_err();
                    assert!(message.contains(REENTRY), "{message}");
                    count.fetch_add(1, Ordering::Relaxed);
                });
                for _ in 0..50 {
                    assert!(map.get(&Key(0)).is_some() && map.get(&Key(100)).is_none());
                }
            });
        }
    });
    assert!(refused.load(Ordering::Relaxed) >= 4 * 50 * 5);
    drop(values);
    assert!(map.is_empty());
}

#[test]
fn a_map_dropped_while_its_values_die_elsewhere() {
    #[derive(Clone, PartialEq, Eq, Hash)]
    struct Plain(u32);
    struct Counted(#[allow(dead_code)] Token);
    let tally = Tally::default();
    for _ in 0..200 {
        let values: Vec<_> =
            (0..50).map(|_| Arc::new(Slotted::new(Counted(tally.token())))).collect();
        let map: WeakValueMap<Plain, Slotted<Counted>> = WeakValueMap::new();
        for (number, value) in (0..).zip(&values) {
            map.insert(Plain(number), value);
        }
        let barrier = Arc::new(Barrier::new(2));
        let killer = thread::spawn({
            let barrier = Arc::clone(&barrier);
            move || {
                barrier.wait();
                drop(values);
            }
        });
        barrier.wait();
        drop(map);
        killer.join().unwrap();
    }
    assert_eq!(tally.count(), 0);
}

#[test]
fn a_key_dropped_by_another_threads_death() {
    // The note of a death is read by whoever is inside, who drops the key.
    let (map, mut values) = filled::<AllAlike>(3);
    let doomed = values.remove(2);
    let (entered, inside) = mpsc::channel();
    let (leave, left) = mpsc::channel::<()>();
    let dropped = Arc::new(AtomicUsize::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            let (count, inner) = (Arc::clone(&dropped), Arc::clone(&map));
            let _until_eq = once(Call::KeyEq, move |_| {
                entered.send(()).unwrap();
                left.recv().unwrap();
            });
            let _until_drop = on(Call::KeyDrop, move |number| {
                if number == 2 {
                    // It is outside again, and may use the map.
                    assert_eq!(inner.len(), 2);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
            assert!(map.contains_key(&Key(0)));
        });
        inside.recv().unwrap();
        drop(doomed);
        leave.send(()).unwrap();
    });
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[test]
fn a_value_that_another_thread_makes_look_dead_in_the_search_that_puts_it_under_another_key() {
    let (map, values) = filled::<AllAlike>(1);
    let (begin, end) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    thread::scope(|scope| {
        scope.spawn(|| {
            begin.wait();
            clear_weakrefs(&values[0]);
            end.wait();
        });
        let (begin, end) = (Arc::clone(&begin), Arc::clone(&end));
        let _until = once(Call::KeyEq, move |_| {
            begin.wait();
            end.wait();
        });
        map.insert(Key(9), &values[0]);
    });
    assert_eq!(weakref_count(&values[0]), map.len());
    drop(values);
    assert!(map.is_empty(), "it has gone, and its entry stays");
}

#[test]
fn len_is_exact_as_soon_as_all_are_outside() {
    let map = Arc::new(Map::<RandomState>::new());
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(200) {
        let mut kept: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|thread| {
                    let map = &map;
                    scope.spawn(move || {
                        let values: Vec<_> = (0..50).map(|n| value(n + 50 * thread)).collect();
                        for value in &values {
                            map.insert(Key(***value % 75), value);
                        }
                        values
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(map.len(), 75);
        let registered: usize = kept.iter().map(weakref_count).sum();
        assert_eq!(registered, 75, "what was replaced was taken back");
        kept.clear();
        assert_eq!(map.len(), 0);
    }
    without_deadlock(move || drop(map));
}
