//! Keys that are equal, and not the same.

use std::{cell::RefCell, path::Path};

use weakref_core::{
    RemovalCause::{self, Removed, Replaced},
    Slotted, WeakRef,
    map::Entry,
    weakref_count,
};
use weakref_tests::Log;

use super::{
    Here, Map, Ptr,
    things::{Thing, thing, things},
};
use crate::actors::{Leaks, Value};

#[test]
fn b266_an_equal_key_finds_the_entry() {
    let (map, keys) = (Map::<Thing, u32>::new(), things(5));
    for key in &keys {
        assert_eq!(map.insert(key, key.number), None);
    }
    let equal = thing(3);
    assert_eq!(map.get(&*equal), Some(3));
    assert_eq!(map.with_mut(&*equal, |value| *value += 1), Some(()));
    assert_eq!(map.get_key_value(&*equal), Some((keys[3].clone(), 4)));
    assert!(Ptr::ptr_eq(&map.get_key(&*equal).unwrap(), &keys[3]));
    assert!(Ptr::ptr_eq(&map.get_both(&*equal).unwrap().0, &keys[3]));
    assert_eq!(weakref_count(&equal), 0);
    let (key, value) = map.remove_entry(&*equal).unwrap();
    assert!(Ptr::ptr_eq(&key, &keys[3]) && value == 4);
    assert!(!map.contains_key(&*equal));
}

#[test]
fn b266_keys_are_asked_for_by_what_they_can_be_borrowed_as() {
    let text = Ptr::new(Slotted::<_, Here>::new(String::from("text")));
    let map = Map::from([(text.clone(), 1)]);
    assert_eq!((map.get("text"), map.get("other")), (Some(1), None));
    assert_eq!(map.get(&String::from("text")), Some(1));
    assert_eq!(map.get(&*text), Some(1));
    assert!(map.contains_key("text"));
    map.with_mut("text", |value| *value += 1);
    assert!(Ptr::ptr_eq(&map.get_key("text").unwrap(), &text));
    assert_eq!(map.remove("text"), Some(2));

    let path = Ptr::new(Slotted::<_, Here>::new(Path::new("a/b").to_path_buf()));
    let map = Map::from([(path.clone(), 1)]);
    assert_eq!(map.remove_entry(Path::new("a/b")), Some((path, 1)));
    let list = Ptr::new(Slotted::<_, Here>::new(vec![1, 2]));
    let map = Map::from([(list.clone(), 1)]);
    assert_eq!(map.get([1, 2].as_slice()), Some(1));
}

#[test]
fn b267_an_equal_key_keeps_the_first_object() {
    let map = Map::<Thing, u32>::new();
    let [first, second] = [1, 1].map(thing);
    assert_eq!(map.insert(&first, 10), None);
    assert_eq!(map.insert(&second, 20), Some(10));
    assert!(Ptr::ptr_eq(&map.get_key(&*second).unwrap(), &first));
    assert_eq!((weakref_count(&first), weakref_count(&second)), (1, 0));
    drop(first);
    assert!(map.is_empty(), "it goes with the first, although the second lives");
    assert_eq!(map.insert(&second, 30), None);
    assert_eq!(map.get(&*second), Some(30));
}

#[test]
fn b267_the_second_key_may_die() {
    let map = Map::<Thing, u32>::new();
    let [first, second] = [1, 1].map(thing);
    map.insert(&first, 10);
    map.insert(&second, 20);
    drop(second);
    assert_eq!(map.get(&*first), Some(20));
    drop(first);
    assert!(map.is_empty());
}

#[test]
fn b267_replace_key_takes_the_second_object() {
    let map = Map::<Thing, u32>::new();
    let [first, second] = [1, 1].map(thing);
    map.insert(&first, 10);
    assert_eq!(map.replace_key(&second, 20), Some(10));
    assert!(Ptr::ptr_eq(&map.get_key(&*first).unwrap(), &second));
    assert_eq!((weakref_count(&first), weakref_count(&second)), (0, 1));
    drop(first);
    assert_eq!(map.get(&*second), Some(20));
    drop(second);
    assert!(map.is_empty());
}

#[test]
fn b268_delete_first_and_insert_again_uses_the_new_key() {
    let map = Map::<Thing, u32>::new();
    let [first, second] = [1, 1].map(thing);
    map.insert(&first, 10);
    map.remove(&*second);
    map.insert(&second, 20);
    assert!(Ptr::ptr_eq(&map.get_key(&*first).unwrap(), &second));
    drop(first);
    assert_eq!(map.len(), 1);
}

#[test]
fn b269_get_or_insert_with_an_equal_key_keeps_value_and_key() {
    let map = Map::<Thing, u32>::new();
    let [first, second] = [1, 1].map(thing);
    map.insert(&first, 10);
    assert_eq!(map.get_or_insert_with(&second, || unreachable!()), 10);
    assert_eq!(map.get_or_try_insert_with(&second, || Err(())), Ok(10));
    assert_eq!(map.entry(&second).or_insert(5).get(), Some(10));
    assert!(Ptr::ptr_eq(&map.get_key(&*second).unwrap(), &first));
    assert_eq!(weakref_count(&second), 0);
}

#[test]
fn b274_remove_goes_by_equality() {
    let map = Map::<Thing, u32>::new();
    let [first, second] = [1, 1].map(thing);
    map.insert(&first, 10);
    assert_eq!(map.remove(&*second), Some(10));
    assert_eq!(map.remove(&*first), None);
    assert_eq!(weakref_count(&first), 0);
}

#[test]
fn an_entry_has_the_key_that_was_asked_for() {
    let map = Map::<Thing, u32>::new();
    let [first, second] = [1, 1].map(thing);
    map.insert(&first, 10);
    let Entry::Occupied(entry) = map.entry(&second) else { panic!("it is there") };
    assert!(Ptr::ptr_eq(entry.key(), &second));
    assert_eq!(entry.insert(20), Some(10));
    assert!(Ptr::ptr_eq(&map.get_key(&*second).unwrap(), &first), "an insert keeps the first");
    let Entry::Occupied(entry) = map.entry(&second) else { panic!("it is there") };
    let (key, value) = entry.remove_entry().unwrap();
    assert!(Ptr::ptr_eq(&key, &second) && value == 20);
    assert!(map.is_empty());
}

#[test]
fn an_entry_that_or_insert_returns_has_the_maps_own_key() {
    let map = Map::<Thing, u32>::new();
    let [first, second] = [1, 1].map(thing);
    map.insert(&first, 10);
    assert!(Ptr::ptr_eq(map.entry(&second).key(), &second));
    let entries = [
        map.entry(&second).or_insert(0),
        map.entry(&second).or_insert_with(|| unreachable!()),
        map.entry(&second).or_insert_with_key(|_| unreachable!()),
        map.entry(&second).or_default(),
    ];
    assert!(entries.iter().all(|entry| Ptr::ptr_eq(entry.key(), &first)));
    drop((entries, first));
    assert!(map.is_empty());
    // There is none of the map's own yet.
    let entry = map.entry(&second).or_insert(0);
    assert!(Ptr::ptr_eq(entry.key(), &second));
}

#[test]
fn an_entry_keeps_the_maps_key_alive() {
    let leaks = Leaks::watch();
    let map = Map::<Thing, Value>::new();
    let [first, second] = [1, 1].map(thing);
    map.insert(&first, Value::new(10));
    let entry = map.entry(&second);
    drop((first, second));
    assert_eq!(map.len(), 1);
    drop(entry);
    assert!(map.is_empty());
    leaks.assert_none();
}

#[test]
fn a_replacement_is_told_with_the_key_that_leaves() {
    let map = Map::<Thing, u32>::new();
    let [first, second] = [1, 1].map(thing);
    let log = Log::<(WeakRef<Thing>, RemovalCause)>::default();
    let seen = log.clone();
    map.on_removal(move |key, cause| seen.put((key.clone(), cause)));
    map.insert(&first, 10);
    map.insert(&second, 20);
    map.replace_key(&second, 30);
    map.remove(&*first);
    let told = log.take();
    let keys: Vec<_> = told.iter().map(|(key, _)| key.upgrade().unwrap()).collect();
    assert!(Ptr::ptr_eq(&keys[0], &first));
    assert!(Ptr::ptr_eq(&keys[1], &first));
    assert!(Ptr::ptr_eq(&keys[2], &second));
    let causes: Vec<_> = told.iter().map(|(_, cause)| *cause).collect();
    assert_eq!(causes, [Replaced, Replaced, Removed]);
}

/// Shows a closure the value under a key.
type Visit = fn(&Map<Thing, Value>, &Thing, &dyn Fn(&Value));

/// Lets the key die while a closure, which `visit` calls, has its value.
fn key_that_dies(visit: Visit) {
    let leaks = Leaks::watch();
    let map = Map::<Thing, Value>::new();
    let [doomed, equal] = [1, 1].map(thing);
    map.insert(&doomed, Value::new(10));
    let doomed = RefCell::new(Some(doomed));
    visit(&map, &equal, &|value| {
        doomed.take();
        assert!(map.is_empty(), "the entry goes at once");
        assert!(map.get(&*equal).is_none());
        assert_eq!(value.number, 10);
        assert!(map.insert(&equal, Value::new(20)).is_none());
        assert_eq!(leaks.alive(), 3, "the value when the closure has returned");
    });
    assert_eq!(leaks.alive(), 2);
    assert_eq!(map.with(&*equal, |value| value.number), Some(20));
}

#[test]
fn a_key_that_dies_while_its_value_is_looked_at() {
    key_that_dies(|map, key, f| map.with(key, f).unwrap());
}

#[test]
fn a_key_that_dies_while_its_value_is_changed() {
    key_that_dies(|map, key, f| map.with_mut(key, |value| f(value)).unwrap());
}

#[test]
fn from_an_array_and_the_equal_keys_in_it() {
    let keys = [1, 1, 2].map(thing);
    let map = Map::from([
        (keys[0].clone(), 10),
        (keys[1].clone(), 11),
        (keys[2].clone(), 20),
        (thing(9), 90),
    ]);
    assert_eq!(map.len(), 2, "the array's own owners are dropped");
    assert_eq!(map.get(&*keys[0]), Some(11), "the last value");
    assert!(Ptr::ptr_eq(&map.get_key(&*keys[1]).unwrap(), &keys[0]), "the first key");
}

#[test]
fn joined_maps_keep_the_first_key_and_the_last_value() {
    let [first, second] = [1, 1].map(thing);
    let (left, right) = (Map::from([(first.clone(), 1)]), Map::from([(second.clone(), 2)]));
    let both = &left | &right;
    assert_eq!(both.get(&*first), Some(2));
    assert!(Ptr::ptr_eq(&both.get_key(&*first).unwrap(), &first));
    assert_ne!(left, right);
    right.insert(&second, 1);
    assert_eq!(left, right, "equal keys, equal values");
    assert!(left.is_submap(&right) && left.domain_is_subset(&right));
    drop(first);
    assert!(left.is_empty() && both.is_empty() && right.len() == 1);
}
