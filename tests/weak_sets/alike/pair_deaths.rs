//! Maps with weak keys and values: a pair goes with whichever dies first, out of both slots.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use weakref_core::{WeakRef, clear_weakrefs, clear_weakrefs_silently};

use super::*;

#[test]
fn a_pair_goes_with_its_key() {
    let (map, mut keys, values) = map_of(10);
    for left in (0..10).rev() {
        drop(keys.pop());
        assert_pairs(&map, keys.iter().zip(&values));
        assert_eq!(weakref_count(&values[left]), 0, "taken back at once");
    }
}

#[test]
fn a_pair_goes_with_its_value() {
    let (map, keys, mut values) = map_of(10);
    for left in (0..10).rev() {
        drop(values.pop());
        assert_pairs(&map, keys.iter().zip(&values));
        assert_eq!(weakref_count(&keys[left]), 0, "taken back at once");
    }
}

#[test]
fn other_registrations_of_the_survivor_stay() {
    let (one, two) = (Map::new(), Map::new());
    let [key, value, other] = [item(1), item(2), item(3)];
    one.insert(&key, &value);
    two.insert(&key, &other);
    let set = Set::from([key.clone()]);
    let log = weakref_tests::Log::default();
    let _watch = WeakRef::with_callback(&key, log.call("called"));
    assert_eq!(weakref_count(&key), 4);
    drop(value);
    assert_eq!(weakref_count(&key), 3);
    assert_pairs(&one, []);
    assert_pairs(&two, [(&key, &other)]);
    assert!(set.contains(&*key) && log.take().is_empty());
    drop(key);
    assert_eq!(log.take(), ["called"]);
    assert_pairs(&two, []);
    assert!(set.is_empty() && weakref_count(&other) == 0);
}

#[test]
fn key_and_value_are_one_object() {
    let map = Map::new();
    let (one, two) = (item(1), item(2));
    map.insert(&one, &one);
    map.insert(&two, &two);
    assert_eq!(counts([&one, &two]), [2, 2]);
    assert_pairs(&map, [(&one, &one), (&two, &two)]);
    assert!(Ptr::ptr_eq(&map.remove(&*one).unwrap(), &one));
    assert_eq!(weakref_count(&one), 0);
    drop(two);
    assert_pairs(&map, []);
    // Replaced by another value, and back.
    let other = item(3);
    map.insert(&one, &one);
    map.insert(&one, &other);
    assert_eq!(counts([&one, &other]), [1, 1]);
    map.insert(&one, &one);
    assert_eq!(counts([&one, &other]), [2, 0]);
    map.replace_key(&one, &one);
    assert_eq!(weakref_count(&one), 2);
    assert_pairs(&map, [(&one, &one)]);
    drop(map);
    assert_eq!(weakref_count(&one), 0);
}

#[test]
fn clear_weakrefs_of_an_object_that_is_key_and_value() {
    for clear in [clear_weakrefs::<Ptr<Item>>, clear_weakrefs_silently] {
        let (map, keys, values) = map_of(2);
        let one = item(1000);
        map.insert(&one, &one);
        map.insert(&keys[1], &one);
        map.insert(&one, &values[1]);
        map.insert(&one, &one);
        clear(&one);
        assert_eq!(counts([&one, &keys[1], &values[1]]), [0, 0, 0]);
        assert_pairs(&map, [(&keys[0], &values[0])]);
    }
}

#[test]
fn a_value_under_many_keys() {
    let (map, mut keys, value) = (Map::new(), items(0..20), item(100));
    for key in &keys {
        map.insert(key, &value);
    }
    assert_eq!(weakref_count(&value), 20);
    drop(keys.pop());
    assert_eq!((weakref_count(&value), map.len()), (19, 19));
    map.remove(&*keys[0]);
    assert_eq!(weakref_count(&value), 18);
    assert_pairs(&map, keys[1..].iter().map(|key| (key, &value)));
    drop(value);
    assert_pairs(&map, []);
    assert_eq!(counts(&keys), [0; 19]);
}

#[test]
fn a_key_in_many_maps() {
    let maps: Vec<Map> = (0..20).map(|_| Map::new()).collect();
    let (key, values) = (item(1), items(10..30));
    for (map, value) in maps.iter().zip(&values) {
        map.insert(&key, value);
    }
    assert_eq!((weakref_count(&key), counts(&values)), (20, vec![1; 20]));
    drop(key);
    assert!(maps.iter().all(Map::is_empty));
    assert_eq!(counts(&values), [0; 20]);
}

#[test]
fn a_replaced_value_is_registered_no_more_and_the_key_once() {
    let (map, key) = (Map::new(), item(1));
    let values = items(10..20);
    for value in &values {
        map.insert(&key, value);
        assert_eq!(counts([&key, value]), [1, 1]);
    }
    assert_eq!(counts(&values[..9]), [0; 9]);
    drop(key);
    assert_pairs(&map, []);
    assert_eq!(counts(&values), [0; 10]);
}

/// What owns the two of a pair. Their drops are one drop.
#[allow(dead_code)] // they are there to be dropped
struct Both {
    first: Ptr<Item>,
    second: Ptr<Item>,
}

#[test]
fn key_and_value_die_in_one_drop() {
    for key_first in [true, false] {
        let (map, keys, values) = map_of(2);
        let (key, value) = (item(7), item(107));
        map.insert(&key, &value);
        let both = if key_first {
            Both { first: key, second: value }
        } else {
            Both { first: value, second: key }
        };
        assert_eq!(map.len(), 3);
        drop(both);
        assert_pairs(&map, keys.iter().zip(&values));
    }
}

#[test]
fn the_one_owns_the_other() {
    for key_owns in [true, false] {
        for late in [true, false] {
            let (map, keys, values) = map_of(2);
            let inner = item(7);
            let owned = inner.clone();
            let act: Action = Box::new(move || drop(owned));
            let outer = if late { acting_late(8, act) } else { acting(8, act) };
            if key_owns {
                map.insert(&outer, &inner);
            } else {
                map.insert(&inner, &outer);
            }
            drop(inner);
            assert_eq!(map.len(), 3);
            drop(outer);
            assert_pairs(&map, keys.iter().zip(&values));
        }
    }
}

#[test]
fn two_that_own_nothing_die_in_each_others_callbacks() {
    let map = Map::new();
    let (key, value) = (item(1), item(2));
    map.insert(&key, &value);
    let shelf = Ptr::new(Mutex::new(Some(value)));
    let last = Ptr::clone(&shelf);
    // Newer than the map's registration: the value dies before the map hears of the key.
    let watch = WeakRef::with_callback(&key, move |_| drop_value(last.lock().unwrap().take()));
    drop(key);
    assert!(shelf.lock().unwrap().is_none());
    assert_pairs(&map, []);
    drop(watch);
    // Older: after.
    let (key, value) = (item(1), item(2));
    let shelf = Ptr::new(Mutex::new(Some(key)));
    let last = Ptr::clone(&shelf);
    let watch = WeakRef::with_callback(&value, move |_| drop_value(last.lock().unwrap().take()));
    map.insert(shelf.lock().unwrap().as_ref().unwrap(), &value);
    drop(value);
    assert!(shelf.lock().unwrap().is_none());
    assert_pairs(&map, []);
    drop(watch);
}

#[test]
fn clear_weakrefs_of_either_takes_the_pair_out_of_both() {
    for clear in [clear_weakrefs::<Ptr<Item>>, clear_weakrefs_silently] {
        for of_key in [true, false] {
            let (map, keys, values) = map_of(4);
            clear(if of_key { &keys[1] } else { &values[1] });
            assert_eq!(counts([&keys[1], &values[1]]), [0, 0]);
            let left = || keys.iter().zip(&values).filter(|pair| pair.0.number() != 1);
            assert_pairs(&map, left());
            // It can come back, and then goes with either.
            map.insert(&keys[1], &values[1]);
            assert_pairs(&map, keys.iter().zip(&values));
            drop(keys);
            assert_pairs(&map, []);
            assert_eq!(counts(&values), [0; 4]);
        }
    }
}

#[test]
fn what_a_callback_of_clear_weakrefs_puts_back_stays() {
    let map = Ptr::new(Map::new());
    let [one, other] = [item(1), item(2)];
    map.insert(&one, &one);
    let (inner, again, value) = (Ptr::clone(&map), Ptr::downgrade(&one), other.clone());
    let watch = WeakRef::with_callback(&one, move |_| {
        inner.insert(&again.upgrade().unwrap(), &value);
    });
    clear_weakrefs(&one);
    drop(watch);
    assert_pairs(&*map, [(&one, &other)]);
}

#[test]
fn what_a_listener_of_clear_weakrefs_puts_back_stays() {
    // Of an object that is key and value, and so is registered twice.
    let map = Ptr::new(Map::new());
    let [one, other] = [item(1), item(2)];
    map.insert(&one, &one);
    let (inner, value) = (Ptr::downgrade(&map), other.clone());
    let times = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&times);
    map.on_removal(move |key, _| {
        let first = count.fetch_add(1, Ordering::Relaxed) == 0;
        if let (true, Some(key), Some(map)) = (first, key.upgrade(), inner.upgrade()) {
            map.insert(&key, &value);
        }
    });
    clear_weakrefs(&one);
    assert!(map.get(&*one).is_some_and(|found| Ptr::ptr_eq(&found, &other)));
    assert_eq!(counts([&one, &other]), [1, 1]);
}

#[test]
fn pairs_that_outlive_the_map() {
    let (map, keys, values) = map_of(20);
    let clone = map.clone();
    drop(map);
    assert_eq!((counts(&keys), counts(&values)), (vec![1; 20], vec![1; 20]));
    drop(clone);
    assert_eq!((counts(&keys), counts(&values)), (vec![0; 20], vec![0; 20]));
}

#[test]
fn a_map_dropped_by_the_death_of_its_key_or_value() {
    for newer in [true, false] {
        for of_key in [true, false] {
            let (map, keys, values) = map_of(3);
            let shelf = Ptr::new(Mutex::new(None));
            let (key, value) = (item(7), item(107));
            let last = Ptr::clone(&shelf);
            let watch = |doomed: &Ptr<Item>| {
                WeakRef::with_callback(doomed, move |_| drop_value(last.lock().unwrap().take()))
            };
            let doomed = if of_key { &key } else { &value };
            let watch = if newer {
                map.insert(&key, &value);
                watch(doomed)
            } else {
                let watch = watch(doomed);
                map.insert(&key, &value);
                watch
            };
            *shelf.lock().unwrap() = Some(Ptr::new(map));
            let (doomed, other) = if of_key { (key, value) } else { (value, key) };
            drop(doomed);
            assert!(shelf.lock().unwrap().is_none());
            assert_eq!(weakref_count(&other), 0);
            assert_eq!((counts(&keys), counts(&values)), (vec![0; 3], vec![0; 3]));
            drop(watch);
        }
    }
}

#[test]
fn a_key_that_owns_the_map() {
    let map = Ptr::new(Map::new());
    let weak = Ptr::downgrade(&map);
    let inner = Ptr::clone(&map);
    let key = acting_late(1, Box::new(move || drop(inner)));
    let value = item(2);
    map.insert(&key, &value);
    map.insert(&value, &key);
    drop(map);
    assert_eq!(weak.upgrade().unwrap().len(), 2);
    drop(key);
    assert!(weak.upgrade().is_none() && weakref_count(&value) == 0);
}

#[test]
fn nothing_is_left_of_what_dies() {
    let tally = Tally::default();
    let map = Map::new();
    let mut keys: Vec<_> = (0..60).map(|number| counted(number, &tally)).collect();
    let mut values: Vec<_> = (0..60).map(|number| counted(number, &tally)).collect();
    map.update(keys.iter().cloned().zip(values.iter().cloned()));
    keys.drain(..20);
    values.drain(40..);
    assert_eq!((tally.count(), map.len()), (80, 20));
    let clone = map.clone();
    drop(map);
    drop((keys, values));
    assert_eq!((tally.count(), clone.len()), (0, 0));
}

#[test]
fn pairs_against_a_model() {
    for seed in 1..=20 {
        let mut chance = weakref_tests::Numbers(seed * 104_729);
        let map = Map::new();
        let mut owners: Vec<Option<Ptr<Item>>> = vec![None; 12];
        // Which object stands under which.
        let mut model = std::collections::BTreeMap::new();
        for _ in 0..500 {
            let (key, value) = (chance.below(12), chance.below(12));
            match (chance.below(6), owners[key].clone(), owners[value].clone()) {
                (0 | 1, None, _) => owners[key] = Some(item(u32::try_from(key).unwrap())),
                (0, Some(gone), other) => {
                    owners[key] = None;
                    drop(other);
                    drop(gone);
                    model.retain(|own, to| *own != key && *to != key);
                }
                (1 | 2, Some(one), Some(other)) => {
                    assert_eq!(
                        map.insert(&one, &other).is_some(),
                        model.insert(key, value).is_some()
                    );
                }
                (3, Some(one), Some(other)) => {
                    assert_eq!(
                        map.replace_key(&one, &other).is_some(),
                        model.insert(key, value).is_some()
                    );
                }
                (4, Some(one), _) => {
                    assert_eq!(map.remove(&*one).is_some(), model.remove(&key).is_some());
                }
                _ => {}
            }
            assert_eq!(map.len(), model.len());
            let mut registered = [0; 12];
            for (key, value) in &model {
                registered[*key] += 1;
                registered[*value] += 1;
                let found = map.get(&**owners[*key].as_ref().unwrap()).unwrap();
                assert!(Ptr::ptr_eq(&found, owners[*value].as_ref().unwrap()));
            }
            for (owner, count) in owners.iter().zip(registered) {
                assert!(owner.as_ref().is_none_or(|owner| weakref_count(owner) == count));
            }
        }
    }
}
