//! Deaths by the thousand, while other threads use the container.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use weakref_core::{
    PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, RemovalCause, WeakKeyMap, WeakSet, WeakValueMap,
    WeakWeakMap, weakref_count,
};

use super::adapters::{Container, Item, Log, Owner, Pair};
use crate::sized;

const RELAXED: Ordering = Ordering::Relaxed;

fn pairs(count: usize) -> Vec<Pair> {
    let pair = |number| {
        let name = u32::try_from(number).unwrap();
        (Item::new(name, number), Item::new(name, number))
    };
    (1..=count).map(pair).collect()
}

fn fill<C: Container>(container: &C, pairs: &[Pair]) {
    for (key, value) in pairs {
        container.insert(key, value);
    }
}

fn die_while_another_iterates<C: Container + Send + Sync>() {
    let (container, doomed) = (C::default(), pairs(sized(1_000_000)));
    fill(&container, &doomed);
    assert_eq!(container.len(), doomed.len());
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(RELAXED) {
                // Of every entry both halves are seen, or none.
                container.visit(&mut |key, value| assert_eq!(key.number, value.number));
                for (key, value) in container.pairs() {
                    assert_eq!(key.number, value.number);
                    // Both have an owner here.
                    assert!(container.get(&key).is_none_or(|there| Arc::ptr_eq(&there, &value)));
                }
                assert!(container.len() <= sized(1_000_000));
            }
        });
        drop(doomed);
        over.store(true, RELAXED);
    });
    assert_eq!((container.len(), container.pairs().len()), (0, 0));
}

fn die_while_another_empties<C: Container + Send + Sync>(empty: fn(&C)) {
    let container = C::default();
    let (doomed, survivors) = (pairs(sized(100_000)), pairs(sized(100_000)));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(RELAXED) {
                empty(&container);
            }
        });
        for (key, value) in doomed.into_iter().zip(&survivors).flat_map(|(pair, survivor)| {
            container.insert(&survivor.0, &survivor.1);
            [pair]
        }) {
            container.insert(&key, &value);
            drop((key, value));
        }
        over.store(true, RELAXED);
    });
    empty(&container);
    assert_eq!((container.len(), container.pairs().len()), (0, 0));
    let is_free = |owner: &Owner| weakref_count(owner) == 0 && Arc::strong_count(owner) == 1;
    assert!(survivors.iter().all(|(key, value)| is_free(key) && is_free(value)));
}

/// The halves of each entry die in two threads, and it is told of once.
fn halves_die_at_once<C: Container + Send + Sync>() {
    let (container, log) = (C::default(), Log::default());
    container.listen(&log);
    let barrier = Barrier::new(2);
    for _ in 0..sized(20_000) / 100 {
        let doomed = pairs(100);
        fill(&container, &doomed);
        let (keys, values): (Vec<_>, Vec<_>) = doomed.into_iter().unzip();
        thread::scope(|scope| {
            scope.spawn(|| {
                barrier.wait();
                drop(keys);
            });
            barrier.wait();
            drop(values);
        });
        let told = std::mem::take(&mut *log.lock().unwrap());
        assert!(told.iter().all(|(_, cause)| *cause == RemovalCause::Died));
        assert_eq!((container.len(), told.len()), (0, 100));
    }
}

/// Containers go in one thread, and what is in them in another.
fn go_with_what_is_in_them<C: Container + Send + Sync>() {
    let survivors = pairs(10);
    let barrier = Barrier::new(2);
    for _ in 0..sized(20_000) / 100 {
        let doomed = pairs(10);
        let filled = || {
            let container = C::default();
            fill(&container, &doomed);
            fill(&container, &survivors);
            container
        };
        let containers: Vec<_> = (0..10).map(|_| filled()).collect();
        thread::scope(|scope| {
            scope.spawn(|| {
                barrier.wait();
                drop(containers);
            });
            barrier.wait();
            drop(doomed);
        });
        let is_free = |owner: &Owner| weakref_count(owner) == 0 && Arc::strong_count(owner) == 1;
        assert!(survivors.iter().all(|(key, value)| is_free(key) && is_free(value)));
    }
}

#[test]
fn changes_of_values_are_not_lost() {
    let map = WeakKeyMap::<Item, usize>::new();
    let keys = [1, 2].map(|number| Item::new(number, 1));
    for key in &keys {
        map.insert(key, 0);
    }
    let (threads, each) = (4, sized(200_000));
    let (removed, over) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for number in 0..each {
                    let key = &keys[number % 2];
                    let now = map.entry(key).or_insert(0).with_mut(|count| {
                        *count += 1;
                        *count
                    });
                    // Taken out between the two steps: then it is done again.
                    if now.is_none() {
                        while map.with_mut(&**key, |count| *count += 1).is_none() {
                            map.insert(key, 0).inspect(|old| _ = removed.fetch_add(*old, RELAXED));
                        }
                    }
                    assert!(map.with(&**key, |count| *count <= threads * each).unwrap_or(true));
                }
                over.fetch_add(1, RELAXED);
            });
        }
        scope.spawn(|| {
            while over.load(RELAXED) < threads {
                for key in &keys {
                    removed.fetch_add(map.remove(&**key).unwrap_or(0), RELAXED);
                    thread::yield_now();
                }
            }
        });
    });
    let left: usize = map.values().sum();
    assert_eq!(removed.into_inner() + left, threads * each);
}

#[test]
fn key_and_value_of_an_entry_die_at_once() {
    halves_die_at_once::<WeakWeakMap<Item, Item>>();
    halves_die_at_once::<PtrWeakWeakMap<Item, Item>>();
}

macro_rules! kinds {
    ($($kind:ident: $Container:ty;)*) => {$(
        mod $kind {
            use super::*;

            #[test]
            fn a_million_deaths_while_another_thread_iterates() {
                die_while_another_iterates::<$Container>();
            }

            #[test]
            fn containers_go_while_another_thread_drops_the_objects() {
                go_with_what_is_in_them::<$Container>();
            }

            #[test]
            fn deaths_while_another_thread_clears() {
                die_while_another_empties::<$Container>(Container::clear);
            }

            #[test]
            fn deaths_while_another_thread_drains() {
                die_while_another_empties::<$Container>(|container| drop(container.drain()));
            }
        }
    )*};
}

kinds! {
    value_maps: WeakValueMap<Owner, Item>;
    key_maps: WeakKeyMap<Item, Owner>;
    key_maps_by_address: PtrWeakKeyMap<Item, Owner>;
    weak_weak_maps: WeakWeakMap<Item, Item>;
    weak_weak_maps_by_address: PtrWeakWeakMap<Item, Item>;
    sets: WeakSet<Item>;
    sets_by_address: PtrWeakSet<Item>;
}
