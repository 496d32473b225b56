//! Maps with weak keys and values: which of two equal objects is the key.

use weakref_core::{Slotted, clear_weakrefs, map::Entry};

use super::*;

#[test]
fn a_map_is_asked_for_what_a_key_can_be_borrowed_as() {
    let key = Ptr::new(Slotted::<String, Here>::new("key".to_owned()));
    let value = item(1);
    let map = WeakWeakMap::from([(key.clone(), value.clone())]);
    assert!(map.contains_key("key") && !map.contains_key("other"));
    assert!(Ptr::ptr_eq(&map.get("key").unwrap(), &value));
    assert!(Ptr::ptr_eq(&map.get_key("key").unwrap(), &key));
    assert!(Ptr::ptr_eq(&map.get_both("key").unwrap().1, &value));
    assert!(Ptr::ptr_eq(&map.remove_entry("key").unwrap().0, &key));
    map.insert(&key, &value);
    assert!(map.remove("key").is_some() && map.is_empty());
}

#[test]
fn b267_an_equal_key_keeps_the_first_object() {
    let map = Map::<RandomState>::new();
    let ([first, second], [one, two]) = ([item(1), item(1)], [item(10), item(20)]);
    map.insert(&first, &one);
    assert!(Ptr::ptr_eq(&map.insert(&second, &two).unwrap(), &one));
    assert_eq!(counts([&first, &second, &one, &two]), [1, 0, 0, 1]);
    assert_pairs(&map, [(&first, &two)]);
    drop(second);
    assert_pairs(&map, [(&first, &two)]);
    // It goes with the first, whatever is equal to it.
    let third = item(1);
    drop(first);
    assert!(!map.contains_key(&*third) && weakref_count(&two) == 0);
    assert_pairs(&map, []);
}

/// A pair whose value is dead is not there, so its key is not the first.
#[test]
fn a_new_pair_does_not_stand_under_the_key_of_a_dead_one() {
    let map = Map::<RandomState>::new();
    let ([first, second], [one, two]) = ([item(1), item(1)], [item(10), item(20)]);
    map.insert(&first, &one);
    let _alive = Ptr::try_unwrap(one).unwrap_or_else(|_| unreachable!("its only owner"));
    assert!(!map.contains_key(&*second));
    let Entry::Vacant(entry) = map.entry(&second) else { unreachable!() };
    entry.insert(two.clone());
    drop(first);
    assert_pairs(&map, [(&second, &two)]);
}

#[test]
fn b268_a_key_that_was_removed_first_makes_room_for_the_new_one() {
    let map = Map::<RandomState>::new();
    let ([first, second], value) = ([item(1), item(1)], item(10));
    map.insert(&first, &value);
    map.remove(&*second);
    map.insert(&second, &value);
    assert_eq!(counts([&first, &second, &value]), [0, 1, 1]);
    assert_pairs(&map, [(&second, &value)]);
}

#[test]
fn replace_key_puts_the_new_key_there() {
    let map = Map::<AllAlike>::default();
    let ([first, second], [one, two]) = ([item(1), item(1)], [item(10), item(20)]);
    map.insert(&first, &one);
    assert!(Ptr::ptr_eq(&map.replace_key(&second, &two).unwrap(), &one));
    assert_eq!(counts([&first, &second, &one, &two]), [0, 1, 0, 1]);
    drop(first);
    assert_pairs(&map, [(&second, &two)]);
    drop(one);
    drop(second);
    assert_pairs(&map, []);
    assert_eq!(weakref_count(&two), 0);
}

#[test]
fn b269_what_is_there_under_an_equal_key_is_given() {
    let map = Map::<RandomState>::new();
    let ([first, second], value) = ([item(1), item(1)], item(10));
    map.insert(&first, &value);
    let found = map.get_or_insert_with(&second, || unreachable!());
    assert!(Ptr::ptr_eq(&found, &value));
    let found = map.entry(&second).or_insert(item(20));
    assert!(Ptr::ptr_eq(&found, &value));
    assert_pairs(&map, [(&first, &value)]);
    assert_eq!(weakref_count(&second), 0);
}

#[test]
fn the_entry_of_an_equal_key() {
    let map = Map::<RandomState>::new();
    let ([first, second], [one, two]) = ([item(1), item(1)], [item(10), item(20)]);
    map.insert(&first, &one);
    let Entry::Occupied(entry) = map.entry(&second) else { unreachable!() };
    assert!(Ptr::ptr_eq(entry.key(), &second), "the one that was asked for");
    assert!(Ptr::ptr_eq(&entry.insert(two.clone()).unwrap(), &one));
    assert_pairs(&map, [(&first, &two)]);
    let Entry::Occupied(entry) = map.entry(&second) else { unreachable!() };
    assert!(Ptr::ptr_eq(&entry.remove().unwrap(), &two));
    assert_pairs(&map, []);
    assert_eq!(counts([&first, &second, &one, &two]), [0; 4]);
}

#[test]
fn what_is_inserted_by_the_entry_of_an_equal_key_can_be_removed_by_it() {
    let map = Map::<RandomState>::new();
    let ([first, second], [one, two]) = ([item(1), item(1)], [item(10), item(20)]);
    map.insert(&first, &one);
    let entry = map.entry(&second).insert_entry(two.clone());
    assert_pairs(&map, [(&first, &two)]);
    let removed = entry.remove();
    assert!(removed.is_some_and(|removed| Ptr::ptr_eq(&removed, &two)), "nothing was removed");
    assert_pairs(&map, []);
}

#[test]
fn what_is_inserted_by_the_entry_of_an_equal_key_is_kept_by_it() {
    let map = Map::<RandomState>::new();
    let ([first, second], [one, two]) = ([item(1), item(1)], [item(10), item(20)]);
    map.insert(&first, &one);
    let entry = map.entry(&second).insert_entry(two);
    drop(first);
    assert_eq!(map.len(), 1, "the entry owns its key and its value");
    drop(entry);
    assert_pairs(&map, []);
}

#[test]
fn keys_whose_hashes_collide() {
    let Stage { it: map, mut keys, mut values } = Map::<AllAlike>::stage(100);
    let mut chance = weakref_tests::Numbers(4711);
    while !keys.is_empty() {
        let which = chance.below(keys.len());
        let (key, value) = (keys.swap_remove(which), values.swap_remove(which));
        match chance.below(4) {
            0 => drop(key),
            1 => drop(value),
            2 => clear_weakrefs(&value),
            _ => drop(map.remove(&*key)),
        }
        if keys.len() % 10 == 0 {
            assert_pairs(&*map, keys.iter().zip(&values));
        }
    }
    assert_pairs(&*map, []);
}

#[test]
fn one_value_under_many_keys_whose_hashes_collide() {
    let (map, keys, value, other) = (Map::<AllAlike>::default(), items(0..30), item(50), item(60));
    for key in &keys {
        map.insert(key, if key.number() % 2 == 0 { &value } else { &other });
    }
    clear_weakrefs(&value);
    let odd = || keys.iter().filter(|key| key.number() % 2 == 1);
    assert_pairs(&map, odd().map(|key| (key, &other)));
    assert_eq!((weakref_count(&value), weakref_count(&other)), (0, 15));
    drop(other);
    assert_pairs(&map, []);
    assert_eq!(counts(&keys), [0; 30]);
}

#[test]
fn clear_weakrefs_in_the_search_that_puts_the_value_under_another_key() {
    let Stage { it: map, keys, values } = Map::<AllAlike>::stage(1);
    let (value, new) = (values[0].clone(), item(9));
    let until = once(Call::KeyEq, move |_| clear_weakrefs(&value));
    map.insert(&new, &values[0]);
    drop(until);
    assert_whole(&*map, keys.iter().chain(&values).chain([&new]));
    drop(values);
    assert_pairs(&*map, []);
    assert_eq!(counts(keys.iter().chain([&new])), [0, 0]);
}

#[test]
fn what_a_listener_puts_back_where_hashes_collide_stays() {
    let map = Ptr::new(Map::<AllAlike>::default());
    let (keys, value) = (items(0..4), item(50));
    for key in &keys {
        map.insert(key, &value);
    }
    let (inner, again) = (Ptr::downgrade(&map), Ptr::downgrade(&value));
    let first = std::sync::atomic::AtomicBool::new(true);
    map.on_removal(move |key, _| {
        let first = first.swap(false, std::sync::atomic::Ordering::Relaxed);
        if let (true, Some(key), Some(map)) = (first, key.upgrade(), inner.upgrade()) {
            map.insert(&key, &again.upgrade().unwrap());
        }
    });
    clear_weakrefs(&value);
    // The one that was put back, and no other; and the listener's own `Weak`.
    assert_eq!((map.len(), weakref_count(&value)), (1, 2));
    drop(value);
    assert_eq!((map.len(), counts(&keys)), (0, vec![0; 4]));
}

#[test]
fn b356_maps_of_different_hashers_meet() {
    let (mine, theirs) = (items(0..3), items(1..4));
    let values = items(10..14);
    let left: Map<RandomState> = mine.iter().cloned().zip(values.iter().cloned()).collect();
    let right: Map<AllAlike> = theirs.iter().cloned().zip(values[1..].iter().cloned()).collect();
    assert!(left != right && left.is_submap_with(&left, |one, other| one == other));
    assert!(!left.domain_is_subset(&right));
    let mut both = left.clone();
    both |= &right;
    let expected = [(&mine[0], 0), (&mine[1], 1), (&mine[2], 2), (&theirs[2], 3)];
    assert_pairs(&both, expected.map(|(key, value)| (key, &values[value])));
    assert!(left.is_submap(&both) && right.is_submap(&both) && right.domain_is_subset(&both));
    let twin: Map<AllAlike> = mine.iter().cloned().zip(values.iter().cloned()).collect();
    assert_eq!(left, twin);
    assert_eq!(twin, left);
}
