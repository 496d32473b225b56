//! Deaths in one thread, while another uses the container, or lets die too.

use std::sync::atomic::{AtomicBool, Ordering};

use weakref_core::{PtrWeakSet, PtrWeakWeakMap};
use weakref_tests::rounds;

use super::*;

fn number(number: u32, tally: &Tally) -> Arc<Number> {
    Arc::new(Slotted::new((number, tally.token())))
}

#[test]
fn key_and_value_of_one_pair_die_at_once() {
    without_deadlock(|| {
        let tally = Tally::default();
        let by_address = PtrWeakWeakMap::<Number, Number>::new();
        let by_equality = WeakWeakMap::<Word, Number>::new();
        for round in 0..rounds(3000) {
            let [key, value, other] = [0, 1, 2].map(|n| number(n, &tally));
            let text = word("key");
            by_address.insert(&key, &value);
            by_address.insert(&other, &value);
            by_address.insert(&key, &value);
            by_equality.insert(&text, &value);
            at_once(move || drop((key, text)), move || drop(value));
            assert_eq!((by_address.len(), by_equality.len()), (0, 0), "round {round}");
            assert_eq!(weakref_count(&other), 0, "round {round}");
        }
        assert_eq!(tally.count(), 0);
    });
}

#[test]
fn all_pairs_of_a_map_die_from_both_sides() {
    without_deadlock(|| {
        let tally = Tally::default();
        for _ in 0..rounds(100) {
            let map = PtrWeakWeakMap::<Number, Number>::new();
            let hub = number(1000, &tally);
            let keys: Vec<_> = (0..50).map(|n| number(n, &tally)).collect();
            let values: Vec<_> = (0..50).map(|n| number(n, &tally)).collect();
            map.update(keys.iter().cloned().zip(values.iter().cloned()));
            // Values that are keys too, of one that survives.
            map.update(values.iter().map(|value| (value.clone(), hub.clone())));
            assert_eq!((map.len(), weakref_count(&hub)), (100, 50));
            at_once(
                move || keys.into_iter().for_each(drop),
                move || values.into_iter().for_each(drop),
            );
            assert_eq!((map.len(), weakref_count(&hub)), (0, 0));
        }
        assert_eq!(tally.count(), 0);
    });
}

#[test]
fn a_map_dropped_while_its_pairs_die() {
    without_deadlock(|| {
        let tally = Tally::default();
        for _ in 0..rounds(200) {
            let keys: Vec<_> = (0..20).map(|n| number(n, &tally)).collect();
            let values: Vec<_> = (0..20).map(|n| number(n, &tally)).collect();
            let map: PtrWeakWeakMap<Number, Number> =
                keys.iter().cloned().zip(values.iter().cloned()).collect();
            at_once(move || drop(keys), move || drop(map));
            assert!(values.iter().all(|value| weakref_count(value) == 0));
        }
        assert_eq!(tally.count(), 0);
    });
}

#[test]
fn b364_deaths_while_another_thread_iterates() {
    without_deadlock(|| {
        let tally = Tally::default();
        for _ in 0..rounds(20) {
            let owners: Vec<_> = (0..200).map(|n| number(n, &tally)).collect();
            let set: PtrWeakSet<Number> = owners.iter().cloned().collect();
            let map: PtrWeakWeakMap<Number, Number> =
                owners.iter().cloned().zip(owners.iter().rev().cloned()).collect();
            at_once(
                || owners.into_iter().for_each(drop),
                || {
                    while !set.is_empty() || !map.is_empty() {
                        assert!(set.iter().all(|number| number.0 < 200));
                        set.for_each(|number| assert!(number.0 < 200));
                        map.for_each(|key, value| assert_eq!(key.0 + value.0, 199));
                        assert!(
                            map.iter().chain(&map.clone()).all(|pair| pair.0.0 + pair.1.0 == 199)
                        );
                        set.retain(|number| set.contains(number));
                        assert_eq!(set.extract_if(|_| false).count(), 0);
                    }
                },
            );
            assert_eq!((set.len(), map.len()), (0, 0));
        }
        assert_eq!(tally.count(), 0);
    });
}

#[test]
fn b365_b373_algebra_while_another_thread_kills() {
    without_deadlock(|| {
        for _ in 0..rounds(20) {
            let owners: Vec<_> = (0..200).map(|n: u32| word(&n.to_string())).collect();
            let keepers = owners[150..].to_vec();
            let left: WeakSet<Word> = owners[..180].iter().cloned().collect();
            let right: WeakSet<Word> = owners[20..].iter().cloned().collect();
            let done = AtomicBool::new(false);
            at_once(
                || {
                    owners.into_iter().for_each(drop);
                    done.store(true, Ordering::Relaxed);
                },
                || {
                    while !done.load(Ordering::Relaxed) {
                        assert!((&left | &right).len() >= 50);
                        assert!((&left & &right).len() >= 30);
                        drop((&left - &right, &left ^ &right));
                        let mut copy = left.clone();
                        copy |= &right;
                        copy &= &right;
                        assert!(keepers.iter().all(|word| copy.contains(word.as_str())));
                        copy ^= &left;
                        copy -= &right;
                    }
                },
            );
            assert_eq!(((&left | &right).len(), (&left & &right).len()), (50, 30));
            assert_eq!(((&left - &right).len(), (&left ^ &right).len()), (0, 20));
            assert_eq!((left.len(), right.len()), (30, 50));
            assert!(keepers[..30].iter().all(|word| weakref_count(word) == 2));
            drop(keepers);
            assert!(left.is_empty() && right.is_empty());
        }
    });
}

#[test]
fn b295_pop_finds_the_living_while_others_die() {
    without_deadlock(|| {
        for round in 0..rounds(3000) {
            let set = WeakSet::<Word, AllAlike>::default();
            let survivor = word("survivor");
            let doomed: Vec<_> = (0..3).map(|n: u32| word(&n.to_string())).collect();
            set.update(doomed.iter().cloned().chain([survivor.clone()]));
            let popped = std::sync::Mutex::new(None);
            at_once(move || drop(doomed), || *popped.lock().unwrap() = set.pop());
            assert!(
                popped.into_inner().unwrap().is_some(),
                "round {round}: one has lived all the time"
            );
        }
    });
}

#[test]
fn the_last_owners_of_one_element_in_many_sets() {
    without_deadlock(|| {
        let sets: Vec<PtrWeakSet<Number>> = (0..8).map(|_| PtrWeakSet::new()).collect();
        let tally = Tally::default();
        for _ in 0..rounds(500) {
            let one = number(1, &tally);
            for set in &sets {
                assert!(set.insert(&one));
            }
            let other = one.clone();
            at_once(
                move || drop(one),
                || {
                    sets[0].remove(&other);
                    drop(other);
                },
            );
            assert!(sets.iter().all(PtrWeakSet::is_empty));
        }
        assert_eq!(tally.count(), 0);
    });
}

#[test]
fn a_listener_of_pop_may_use_the_map() {
    without_deadlock(|| {
        let map = Arc::new(PtrWeakWeakMap::<Word, Word>::new());
        let (key, value) = (word("key"), word("value"));
        map.insert(&key, &value);
        let inner = Arc::downgrade(&map);
        map.on_removal(move |_, _| assert!(inner.upgrade().unwrap().is_empty()));
        assert!(map.pop().is_some());
    });
}
