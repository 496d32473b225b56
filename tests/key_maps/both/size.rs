//! How large a map is, and how much room it has.

use super::*;

#[test]
fn a_new_map_is_empty() {
    let map = Numbers::default();
    assert!(map.is_empty());
    assert_eq!((map.len(), map.capacity()), (0, 0));
    let key = thing(1);
    assert_eq!(map.get(&*key), None);
    assert_eq!(map.pop(), None);
    assert_is(&map, []);
}

#[test]
fn b265_len_follows_the_keys() {
    let (map, mut keys) = filled::<u32>(100);
    assert_eq!(map.len(), 100);
    for left in (0..100).rev() {
        drop(keys.pop());
        assert_eq!(map.len(), left);
        assert_eq!(map.is_empty(), left == 0);
    }
    assert_is(&map, []);
}

#[test]
fn with_capacity_makes_room_that_stays() {
    let map = with_capacity::<u32>(1000);
    let room = map.capacity();
    assert!(room >= 1000);
    let keys = things(50);
    map.update(keys.iter().map(|key| (key.clone(), 1)));
    drop(keys);
    assert!(map.is_empty());
    // What was removed from a crowded place can take some of it.
    assert!((1000..=room).contains(&map.capacity()));
    map.clear();
    assert!((1000..=room).contains(&map.capacity()));
}

#[test]
fn a_reserve_adds_to_what_is_there_and_stays() {
    let (map, keys) = filled::<u32>(10);
    map.reserve(1000);
    let room = map.capacity();
    assert!(room >= 1010);
    map.clear();
    assert_eq!(map.capacity(), room);
    assert!(keys.iter().all(|key| weakref_count(key) == 0));
    map.insert(&keys[3], 30);
    assert_is(&map, pairs(&keys[3..4]));
}

#[test]
fn try_reserve_says_what_is_too_much() {
    let (map, keys) = filled::<u32>(10);
    assert!(map.try_reserve(1000).is_ok());
    assert!(map.capacity() >= 1010);
    let error = map.try_reserve(usize::MAX).unwrap_err();
    assert!(!error.to_string().is_empty());
    assert_is(&map, pairs(&keys));
    assert_ends_empty(&map, keys);
}

#[test]
fn a_reserve_of_too_much_panics_and_changes_nothing() {
    let (map, keys) = filled::<u32>(10);
    assert!(caught(|| map.reserve(usize::MAX)).is_err());
    assert_is(&map, pairs(&keys));
    assert_ends_empty(&map, keys);
    assert!(caught(|| with_capacity::<u32>(usize::MAX)).is_err());
}

#[test]
fn shrinking_keeps_the_entries() {
    let (map, keys) = filled::<u32>(20);
    map.reserve(5000);
    map.shrink_to(1000);
    let room = map.capacity();
    assert!((1000..5000).contains(&room));
    map.shrink_to_fit();
    assert!((20..room).contains(&map.capacity()));
    assert_is(&map, pairs(&keys));
    map.clear();
    map.shrink_to_fit();
    assert_eq!(map.capacity(), 0);
}

#[test]
fn a_table_that_becomes_empty_gives_its_room_back() {
    let (map, keys) = filled::<u32>(2000);
    let full = map.capacity();
    assert!(full >= 2000);
    drop(keys);
    assert!(map.capacity() < full / 4, "{} of {full}", map.capacity());
    let (map, keys) = filled::<u32>(2000);
    for key in &keys {
        map.remove(&**key);
    }
    assert!(map.capacity() < full / 4, "{} of {full}", map.capacity());
}

#[test]
fn clear_lets_the_keys_live() {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(10);
    assert_eq!(leaks.alive(), 20);
    map.clear();
    assert!(map.is_empty());
    assert_eq!(leaks.alive(), 10, "the values have gone");
    assert!(keys.iter().all(|key| weakref_count(key) == 0));
    map.clear();
    assert_is(&map, []);
}

#[test]
fn b279_a_map_is_made_of_pairs() {
    let keys = things(3);
    let numbers = || keys.iter().map(|key| (key.clone(), key.number * 10));
    let collected: Numbers = numbers().collect();
    assert_is(&collected, pairs(&keys));
    let mut extended = Numbers::default();
    extended.extend(numbers());
    extended.extend([(); 0].map(|()| (keys[0].clone(), 0)));
    assert_is(&extended, pairs(&keys));
}
