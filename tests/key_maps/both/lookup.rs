//! One key at a time: `insert`, `get` and their like.

use super::*;

#[test]
fn insert_returns_what_was_there() {
    let map = Numbers::default();
    let [one, two] = [1, 2].map(thing);
    assert_eq!(map.insert(&one, 10), None);
    assert_eq!(map.insert(&two, 20), None);
    assert_eq!(map.insert(&one, 11), Some(10));
    assert_eq!(map.insert(&one, 12), Some(11));
    assert_is(&map, [(&one, 12), (&two, 20)]);
}

#[test]
fn replace_key_of_the_same_object_is_an_insert() {
    let map = Numbers::default();
    let key = thing(1);
    assert_eq!(map.replace_key(&key, 1), None);
    assert_eq!(map.replace_key(&key, 2), Some(1));
    assert_eq!(weakref_count(&key), 1);
    assert_is(&map, [(&key, 2)]);
    drop(key);
    assert_is(&map, []);
}

#[test]
fn b265_the_entry_and_its_value_vanish_with_the_key() {
    let leaks = Leaks::watch();
    let (map, mut keys) = filled::<Value>(3);
    let doomed = keys.remove(1);
    assert_eq!(Ptr::strong_count(&doomed), 1, "keys are not owned");
    drop(doomed);
    assert_eq!(leaks.alive(), 4, "the value has gone with its key");
    assert_is(&map, pairs(&keys));
    assert_ends_empty(&map, keys);
    leaks.assert_none();
}

#[test]
fn b273_what_is_missing_is_none() {
    let (map, keys) = filled::<u32>(3);
    let missing = thing(9);
    assert_eq!(map.get(&*missing), None);
    assert_eq!(map.with(&*missing, |_| unreachable!()), None::<()>);
    assert_eq!(map.with_mut(&*missing, |_| unreachable!()), None::<()>);
    assert!(map.get_key(&*missing).is_none());
    assert!(map.get_key_value(&*missing).is_none());
    assert!(map.get_both(&*missing).is_none());
    assert!(!map.contains_key(&*missing));
    assert_eq!(map.remove(&*missing), None);
    assert!(map.remove_entry(&*missing).is_none());
    assert_is(&map, pairs(&keys));
}

#[test]
fn every_way_to_read() {
    let (map, keys) = filled::<u32>(3);
    let two = &keys[2];
    assert_eq!(map.get(&**two), Some(20));
    assert_eq!(map.with(&**two, |value| value + 1), Some(21));
    assert_eq!(map.with_mut(&**two, |value| std::mem::replace(value, 5)), Some(20));
    assert_eq!(map.get(&**two), Some(5));
    assert!(Ptr::ptr_eq(&map.get_key(&**two).unwrap(), two));
    for (key, value) in [map.get_key_value(&**two).unwrap(), map.get_both(&**two).unwrap()] {
        assert!(Ptr::ptr_eq(&key, two));
        assert_eq!(value, 5);
    }
    assert!(map.contains_key(&**two));
    assert_eq!(Ptr::strong_count(two), 1, "what has been given away is gone");
}

#[test]
fn values_need_not_be_clone() {
    struct Unique(u32);
    let (map, key) = (Map::<Thing, Unique>::default(), thing(1));
    map.insert(&key, Unique(1));
    map.with_mut(&*key, |value| value.0 += 1);
    assert_eq!(map.with(&*key, |value| value.0), Some(2));
    assert_eq!(map.remove(&*key).unwrap().0, 2);
    map.entry(&key).or_insert(Unique(3)).with_mut(|value| value.0 += 1);
    assert_eq!(map.drain().next().unwrap().1.0, 4);
}

#[test]
fn values_can_be_nothing() {
    // Values of no size are told apart too.
    let (map, keys) = (Map::<Thing, ()>::default(), things(3));
    for key in &keys {
        map.insert(key, ());
    }
    map.retain(|key, ()| key.number != 1);
    assert_eq!(map.len(), 2);
    assert_eq!(map.insert(&keys[0], ()), Some(()));
    assert_eq!(map.remove(&*keys[0]), Some(()));
    assert_eq!(map.keys().len(), 1);
    drop(keys);
    assert!(map.is_empty());
}

#[test]
fn b274_remove_gives_the_value_and_takes_the_registration() {
    let (map, keys) = filled::<u32>(3);
    assert_eq!(map.remove(&*keys[0]), Some(0));
    assert_eq!(map.remove(&*keys[0]), None);
    assert_eq!(weakref_count(&keys[0]), 0);
    let (key, value) = map.remove_entry(&*keys[1]).unwrap();
    assert!(Ptr::ptr_eq(&key, &keys[1]));
    assert_eq!(value, 10);
    assert_eq!(weakref_count(&key), 0);
    drop(key);
    assert_is(&map, pairs(&keys[2..]));
    assert_ends_empty(&map, keys);
}

#[test]
fn b268_removed_and_inserted_again() {
    let (map, keys) = filled::<u32>(3);
    for round in 0..100 {
        assert!(map.remove(&*keys[1]).is_some());
        assert_eq!(map.insert(&keys[1], round), None);
    }
    assert_eq!(weakref_count(&keys[1]), 1);
    assert_is(&map, [(&keys[0], 0), (&keys[1], 99), (&keys[2], 20)]);
    assert_ends_empty(&map, keys);
}

#[test]
fn b275_pop_takes_all_that_lives_one_after_the_other() {
    let (map, mut keys) = filled::<u32>(50);
    keys.truncate(30);
    let mut popped: Vec<_> = std::iter::from_fn(|| map.pop()).collect();
    popped.sort_by_key(|(key, _)| key.number);
    assert_eq!(popped.len(), 30);
    for ((key, value), owner) in popped.iter().zip(&keys) {
        assert!(Ptr::ptr_eq(key, owner));
        assert_eq!(*value, owner.number * 10);
    }
    assert!(map.pop().is_none());
    assert!(keys.iter().all(|key| weakref_count(key) == 0));
    assert_is(&map, []);
}

#[test]
fn b287_one_registration_an_entry_and_none_for_a_lookup() {
    let (map, key) = (Numbers::default(), thing(1));
    map.insert(&key, 1);
    map.insert(&key, 2);
    assert_eq!(weakref_count(&key), 1);
    map.with(&*key, |_| assert_eq!(weakref_count(&key), 1));
    map.with_mut(&*key, |_| assert_eq!(weakref_count(&key), 1));
    let other = Numbers::default();
    assert!(!other.contains_key(&*key));
    assert_eq!(weakref_count(&key), 1);
    other.insert(&key, 3);
    assert_eq!(weakref_count(&key), 2);
    drop(other);
    assert_eq!(weakref_count(&key), 1);
    map.remove(&*key);
    assert_eq!(weakref_count(&key), 0);
}

#[test]
fn a_key_can_be_in_many_maps() {
    let maps: Vec<_> = (0..20).map(|_| Numbers::default()).collect();
    let [doomed, other] = [1, 2].map(thing);
    for map in &maps {
        map.insert(&doomed, 1);
        map.insert(&other, 2);
    }
    maps[3].remove(&*doomed);
    maps[4].insert(&doomed, 5);
    drop(doomed);
    for map in &maps {
        assert_is(map, [(&other, 2)]);
    }
}
