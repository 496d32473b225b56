//! What holds for both kinds of maps.

mod circles;
mod deaths;
mod factories;
mod values;

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use weakref_core::{Slotted, weakref_count};
use weakref_tests::{
    CIRCLE, Call, OOPS, Tally, Token, a_while, caught, on, rounds, without_deadlock,
};

use super::Map;

type Key = Slotted<u32>;
type Numbers = Map<Key, u64>;

fn key(number: u32) -> Arc<Key> {
    Arc::new(Slotted::new(number))
}

/// A map from keys with the numbers from 0 to these numbers.
fn filled(size: u32) -> (Arc<Numbers>, Vec<Arc<Key>>) {
    let keys: Vec<_> = (0..size).map(key).collect();
    let map = keys.iter().map(|key| (key.clone(), u64::from(***key))).collect();
    (Arc::new(map), keys)
}

/// Runs `f` in so many threads at once, with the number of each.
fn in_threads(count: u32, f: impl Fn(u32) + Send + Sync) {
    let barrier = Barrier::new(count as usize);
    thread::scope(|scope| {
        for number in 0..count {
            let (barrier, f) = (&barrier, &f);
            scope.spawn(move || {
                barrier.wait();
                f(number);
            });
        }
    });
}

#[test]
fn a_map_goes_where_its_keys_can_go() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Map<Key, u32>>();
    is_send_and_sync::<Map<Key, String>>();
}

#[test]
fn all_operations_at_once() {
    without_deadlock(|| {
        let alive = Tally::default();
        let map = Map::<Key, Token>::default();
        let shared: Vec<_> = (0..16).map(key).collect();
        in_threads(4, |thread| {
            for round in 0..2000_u32 {
                let of = &shared[(round * 7 + thread) as usize % shared.len()];
                match (round + thread) % 10 {
                    0..3 => drop(map.insert(of, alive.token())),
                    3 => drop(map.get(&**of)),
                    4 => drop(map.with_mut(&**of, |token| *token = alive.token())),
                    5 => drop(map.remove(&**of)),
                    6 => drop(map.get_or_insert_with(of, || alive.token())),
                    7 => drop(map.entry(of).or_insert_with(|| alive.token()).get()),
                    8 => map.retain(|key, _| (***key + round) % 5 != 0),
                    _ => {
                        let own = key(1000 + thread);
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

#[test]
fn removed_by_one_of_many() {
    without_deadlock(|| {
        let (map, keys) = filled(500);
        let removed = AtomicUsize::new(0);
        in_threads(4, |thread| {
            for key in &keys {
                let value = match thread {
                    0 => map.remove(&**key),
                    1 => map.remove_entry(&**key).map(|pair| pair.1),
                    2 => {
                        map.extract_if(|other, _| Arc::ptr_eq(other, key)).next().map(|pair| pair.1)
                    }
                    _ => map.pop().map(|pair| pair.1),
                };
                removed.fetch_add(usize::from(value.is_some()), Ordering::Relaxed);
            }
        });
        assert_eq!(removed.into_inner(), 500, "each is given to one");
        assert!(map.is_empty());
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
