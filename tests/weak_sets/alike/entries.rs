//! Maps with weak keys and values: the entry of one key.

use weakref_core::{Slotted, map::Entry};

use super::*;

#[test]
fn or_insert_and_its_kin() {
    let (map, keys, values) = map_of(1);
    let found = map.entry(&keys[0]).or_insert(item(7));
    assert!(Ptr::ptr_eq(&found, &values[0]));
    let found = map.entry(&keys[0]).or_insert_with(|| unreachable!());
    assert!(Ptr::ptr_eq(&found, &values[0]));
    let found = map.entry(&keys[0]).or_insert_with_key(|_| unreachable!());
    assert!(Ptr::ptr_eq(&found, &values[0]));
    drop(found);
    let new = items(1..4);
    let one = map.entry(&new[0]).or_insert(item(101));
    let two = map.entry(&new[1]).or_insert_with(|| item(102));
    let three = map.entry(&new[2]).or_insert_with_key(|key| {
        assert!(Ptr::ptr_eq(key, &new[2]));
        item(key.number() + 100)
    });
    assert_eq!(numbers([one.clone(), two.clone(), three.clone()]), [101, 102, 103]);
    let more = [(&new[0], &one), (&new[1], &two), (&new[2], &three)];
    assert_pairs(&map, keys.iter().zip(&values).chain(more));
    drop(two);
    assert_pairs(&map, keys.iter().zip(&values).chain([(&new[0], &one), (&new[2], &three)]));
}

#[test]
fn or_default() {
    let map: Map<Item, Slotted<u32, Here>> = Map::new();
    let key = item(1);
    let value = map.entry(&key).or_default();
    assert_eq!(**value, 0);
    assert!(Ptr::ptr_eq(&map.entry(&key).or_default(), &value));
    assert_eq!((map.len(), weakref_count(&value)), (1, 1));
}

#[test]
fn and_modify_sees_what_is_there() {
    let (map, keys, values) = map_of(1);
    let mut seen = None;
    let found = map.entry(&keys[0]).and_modify(|value| seen = Some(value.clone()));
    assert!(Ptr::ptr_eq(&found.or_insert_with(|| unreachable!()), &values[0]));
    assert!(Ptr::ptr_eq(&seen.unwrap(), &values[0]));
    let new = item(1);
    let made = map.entry(&new).and_modify(|_| unreachable!()).or_insert(item(101));
    assert_eq!(made.number(), 101);
}

#[test]
fn a_vacant_entry() {
    let (map, key, value) = (Map::new(), item(1), item(10));
    let vacant = || match map.entry(&key) {
        Entry::Vacant(entry) => entry,
        Entry::Occupied(_) => unreachable!(),
    };
    assert!(Ptr::ptr_eq(vacant().key(), &key));
    assert_eq!(format!("{:?}", map.entry(&key)), "VacantEntry(Item 1)");
    assert!(Ptr::ptr_eq(&vacant().into_key(), &key));
    assert!(map.is_empty() && Ptr::strong_count(&key) == 1);
    assert!(Ptr::ptr_eq(&vacant().insert(value.clone()), &value));
    assert_pairs(&map, [(&key, &value)]);
    map.clear();
    let entry = vacant().insert_entry(value.clone());
    assert!(Ptr::ptr_eq(entry.get(), &value) && Ptr::ptr_eq(entry.key(), &key));
    drop(entry);
    assert_pairs(&map, [(&key, &value)]);
    // Whatever is there by then is replaced.
    map.clear();
    let late = vacant();
    map.insert(&key, &item(20));
    let other = item(30);
    map.insert(&key, &other);
    assert!(Ptr::ptr_eq(&late.insert(value.clone()), &value));
    assert_pairs(&map, [(&key, &value)]);
    assert_eq!(weakref_count(&other), 0);
}

#[test]
fn an_occupied_entry() {
    let (map, keys, values) = map_of(1);
    let (key, value) = (&keys[0], &values[0]);
    let occupied = || match map.entry(key) {
        Entry::Occupied(entry) => entry,
        Entry::Vacant(_) => unreachable!(),
    };
    assert!(Ptr::ptr_eq(occupied().key(), key) && Ptr::ptr_eq(map.entry(key).key(), key));
    assert!(Ptr::ptr_eq(occupied().get(), value));
    assert_eq!(format!("{:?}", map.entry(key)), "OccupiedEntry(Item 0)");
    let new = item(7);
    assert!(Ptr::ptr_eq(&occupied().insert(new.clone()).unwrap(), value));
    assert_pairs(&map, [(key, &new)]);
    assert_eq!(weakref_count(value), 0);
    assert!(Ptr::ptr_eq(&occupied().remove().unwrap(), &new));
    assert_pairs(&map, []);
    map.insert(key, value);
    let (found, gone) = occupied().remove_entry().unwrap();
    assert!(Ptr::ptr_eq(&found, key) && Ptr::ptr_eq(&gone, value));
    assert_pairs(&map, []);
    assert_eq!(counts([key, value]), [0, 0]);
}

#[test]
fn insert_entry_gives_what_is_there_now() {
    let (map, keys, values) = map_of(1);
    let new = item(7);
    let entry = map.entry(&keys[0]).insert_entry(new.clone());
    assert!(Ptr::ptr_eq(entry.get(), &new) && Ptr::ptr_eq(entry.key(), &keys[0]));
    assert_eq!(counts([&keys[0], &values[0], &new]), [1, 0, 1]);
    assert!(Ptr::ptr_eq(&entry.remove().unwrap(), &new));
    assert_pairs(&map, []);
    let other = item(1);
    let entry = map.entry(&other).insert_entry(new.clone());
    assert!(Ptr::ptr_eq(&entry.remove_entry().unwrap().1, &new));
    assert_pairs(&map, []);
}

#[test]
fn an_occupied_entry_owns_its_pair() {
    let map = Map::new();
    let tally = Tally::default();
    let entry = {
        let (key, value) = (counted(1, &tally), counted(2, &tally));
        map.insert(&key, &value);
        map.entry(&key)
    };
    assert_eq!((tally.count(), map.len()), (2, 1));
    drop(entry);
    assert_eq!((tally.count(), map.len()), (0, 0));
    let entry = map.entry(&counted(1, &tally)).insert_entry(counted(2, &tally));
    assert_eq!((tally.count(), map.len()), (2, 1));
    assert_eq!(entry.remove().unwrap().number(), 2);
    assert_eq!((tally.count(), map.len()), (0, 0));
}

#[test]
fn an_entry_that_has_been_replaced_is_not_removed() {
    let (map, keys, values) = map_of(1);
    let Entry::Occupied(entry) = map.entry(&keys[0]) else { unreachable!() };
    let new = item(7);
    map.insert(&keys[0], &new);
    assert!(entry.remove().is_none());
    assert_pairs(&map, [(&keys[0], &new)]);
    let Entry::Occupied(entry) = map.entry(&keys[0]) else { unreachable!() };
    map.remove(&*keys[0]);
    assert!(entry.remove_entry().is_none());
    assert_pairs(&map, []);
    drop(values);
}

#[test]
fn an_entry_hinders_nothing() {
    let (map, keys, values) = map_of(3);
    let entry = map.entry(&keys[0]);
    map.remove(&*keys[1]);
    assert_eq!((map.len(), map.iter().len()), (2, 2));
    map.clear();
    let found = entry.or_insert_with(|| unreachable!());
    assert!(Ptr::ptr_eq(&found, &values[0]));
    assert_pairs(&map, []);
}

#[test]
fn the_entry_of_a_dead_value_is_vacant() {
    let (map, key, value) = (Map::new(), item(1), item(10));
    map.insert(&key, &value);
    let moved = Ptr::try_unwrap(value).ok().unwrap();
    assert!(matches!(map.entry(&key), Entry::Vacant(_)));
    let made = map.entry(&key).or_insert(item(20));
    drop(moved);
    assert_pairs(&map, [(&key, &made)]);
}

#[test]
fn a_factory_of_an_entry_that_needs_its_own_key_panics() {
    let (map, key) = (Map::new(), item(1));
    assert_panics(CIRCLE, || map.entry(&key).or_insert_with(|| map.entry(&key).or_insert(item(2))));
    assert_pairs(&map, []);
}
