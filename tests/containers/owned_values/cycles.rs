//! Who keeps whom alive: values that own keys, or the map.

use std::sync::Mutex;

use super::*;

/// A value that owns keys.
#[derive(Clone)]
struct Keeper(#[allow(dead_code)] Vec<Owner>);

type Keepers = Map<Keeper>;

#[test]
fn b284_a_value_that_owns_its_key_keeps_it() {
    let leaks = Leaks::watch();
    let ways_out: [fn(&Keepers); 5] = [
        |map| map.clear(),
        |map| ignore(map.remove(&*map.keys().next().unwrap())),
        |map| map.retain(|_, _| false),
        |map| ignore(map.pop()),
        |map| map.for_each_mut(|_, keeper| keeper.0.clear()),
    ];
    for way_out in ways_out {
        let (map, key) = (Keepers::default(), item(1));
        map.insert(&key, Keeper(vec![key.clone()]));
        drop(key);
        assert_eq!((map.len(), leaks.alive()), (1, 1), "there are no ephemerons");
        way_out(&map);
        assert!(map.is_empty());
        leaks.assert_none();
    }
}

#[test]
fn b284_the_end_of_the_map_is_a_way_out_too() {
    let leaks = Leaks::watch();
    let map = Keepers::default();
    let keys = items(0..10);
    for (key, next) in keys.iter().zip(keys.iter().cycle().skip(1)) {
        map.insert(key, Keeper(vec![key.clone(), next.clone()]));
    }
    drop(keys);
    assert_eq!((map.len(), leaks.alive()), (10, 10));
    drop(map);
    leaks.assert_none();
}

#[test]
fn a_value_with_a_weak_reference_to_its_key_does_not_keep_it() {
    let leaks = Leaks::watch();
    let (map, key) = (Map::<WeakRef<Item>>::default(), item(1));
    map.insert(&key, WeakRef::new(&key));
    assert_eq!(map.with(&*key, |weak| weak.upgrade().unwrap().name()), Some(1));
    drop(key);
    assert!(map.is_empty());
    leaks.assert_none();
}

#[test]
fn a_chain_of_values_that_own_the_next_key() {
    let leaks = Leaks::watch();
    let map = Keepers::default();
    let keys = items(0..100);
    for (key, next) in keys.iter().zip(&keys[1..]) {
        map.insert(key, Keeper(vec![next.clone()]));
    }
    let first = keys[0].clone();
    drop(keys);
    assert_eq!((map.len(), leaks.alive()), (99, 100));
    drop(first);
    assert!(map.is_empty());
    leaks.assert_none();
}

#[test]
fn two_maps_whose_values_own_each_others_keys() {
    let leaks = Leaks::watch();
    let (one, other) = (Keepers::default(), Keepers::default());
    let [a, b] = [1, 2].map(item);
    one.insert(&a, Keeper(vec![b.clone()]));
    other.insert(&b, Keeper(vec![a.clone()]));
    drop((a, b));
    assert_eq!((one.len(), other.len(), leaks.alive()), (1, 1, 2));
    one.clear();
    assert!(other.is_empty());
    leaks.assert_none();
}

/// A value that owns the map it is in.
struct Landlord {
    map: Mutex<Option<Ptr<Map<Landlord>>>>,
    _tracked: Tracked,
}

/// A map that only its value owns, and the key.
fn landlord() -> (Weak<Map<Landlord>>, Owner) {
    let (map, key) = (Ptr::new(Map::<Landlord>::default()), item(1));
    let value = Landlord { map: Mutex::new(Some(Ptr::clone(&map))), _tracked: Tracked::default() };
    map.insert(&key, value);
    (Ptr::downgrade(&map), key)
}

#[test]
fn a_value_that_owns_the_map_keeps_it() {
    let leaks = Leaks::watch();
    let (map, key) = landlord();
    assert_eq!((map.strong_count(), leaks.alive()), (1, 2), "a circle");
    // The way out: to take it out.
    assert!(map.upgrade().unwrap().remove(&*key).is_some());
    assert_eq!(map.strong_count(), 0);
    drop(key);
    leaks.assert_none();

    let (map, key) = landlord();
    map.upgrade().unwrap().with(&*key, |value| drop(value.map.lock().unwrap().take()));
    assert_eq!(map.strong_count(), 0);
    drop(key);
    leaks.assert_none();
}

#[test]
fn a_value_that_owns_the_map_goes_with_its_key() {
    // The map dies as it drops the value, in the middle of the key's death.
    let leaks = Leaks::watch();
    let (map, key) = landlord();
    drop(key);
    assert_eq!(map.strong_count(), 0);
    leaks.assert_none();
}

#[test]
fn a_map_of_maps() {
    let leaks = Leaks::watch();
    let outer = Map::<Ptr<Values>>::default();
    let (inner, keys) = filled::<Value>(3);
    let owner = item(9);
    outer.insert(&owner, inner);
    outer.entry(&owner).or_default().with(|inner| inner.remove(&*keys[0]));
    assert_eq!(outer.with(&*owner, |inner| inner.len()), Some(2));
    outer.insert(&keys[1], Ptr::default());
    drop(owner);
    assert_eq!(leaks.alive(), 3, "the inner map has gone");
    assert_eq!(outer.len(), 1);
    drop(keys);
    assert!(outer.is_empty());
    leaks.assert_none();
}
