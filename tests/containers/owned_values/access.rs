//! Reading and changing values: one by one, and all.

use super::*;

#[test]
fn every_way_to_read_and_to_change() {
    let (map, keys) = filled::<u32>(3);
    let two = &keys[2];
    assert_eq!(map.get(&**two), Some(20));
    assert_eq!(map.with(&**two, |value| value + 1), Some(21));
    assert_eq!(map.with_mut(&**two, |value| std::mem::replace(value, 5)), Some(20));
    assert_eq!(map.get(&**two), Some(5));
    for (key, value) in [map.get_key_value(&**two).unwrap(), map.get_both(&**two).unwrap()] {
        assert!(Ptr::ptr_eq(&key, two));
        assert_eq!(value, 5);
    }
    assert_eq!(Ptr::strong_count(two), 1, "what has been given away is gone");
    let missing = item(9);
    assert_eq!(map.with(&*missing, |_| unreachable!()), None::<()>);
    assert_eq!(map.with_mut(&*missing, |_| unreachable!()), None::<()>);
    let entry = map.entry(two).or_insert(7);
    assert_eq!(
        (entry.with(|value| value + 1), entry.with_mut(|value| *value += 1)),
        (Some(6), Some(()))
    );
    assert_eq!(map.entry(two).and_modify(|value| *value += 1).or_insert(9).get(), Some(7));
    map.remove(&**two);
    assert_eq!(entry.with(|_| unreachable!()), None::<()>);
    assert_eq!(entry.with_mut(|_| unreachable!()), None::<()>);
}

#[test]
fn values_need_not_be_clone_nor_have_a_size() {
    struct Unique(u32);
    let (map, key) = (Map::<Unique>::default(), item(1));
    map.insert(&key, Unique(1));
    map.with_mut(&*key, |value| value.0 += 1);
    assert_eq!(map.with(&*key, |value| value.0), Some(2));
    assert_eq!(map.remove(&*key).unwrap().0, 2);
    map.entry(&key).or_insert(Unique(3)).with_mut(|value| value.0 += 1);
    assert_eq!(map.drain().next().unwrap().1.0, 4);
    let (map, keys) = (Map::<()>::default(), items(0..3));
    for key in &keys {
        map.insert(key, ());
    }
    map.retain(|key, ()| key.name() != 1);
    assert_eq!(map.len(), 2);
    assert_eq!((map.insert(&keys[0], ()), map.remove(&*keys[0])), (Some(()), Some(())));
    assert_eq!(map.keys().len(), 1);
    drop(keys);
    assert!(map.is_empty());
}

#[test]
fn for_each_mut_retain_and_extract_if_change_values() {
    let (map, keys) = filled::<u32>(50);
    map.for_each_mut(|key, value| *value += key.name());
    assert_is(&map, keys.iter().map(|key| (key, key.name() * 11)));
    map.retain(|key, value| {
        *value += 1;
        key.name() % 2 == 0
    });
    let even = || keys.iter().filter(|key| key.name() % 2 == 0);
    assert_is(&map, even().map(|key| (key, key.name() * 11 + 1)));
    let (key, value) = map
        .extract_if(|_, value| {
            *value += 1;
            true
        })
        .next()
        .unwrap();
    assert_eq!(value, key.name() * 11 + 2, "as it has been changed");
    assert_eq!(map.len(), 24);
    Map::<u32>::default().for_each_mut(|_, _| unreachable!());
}

#[test]
fn retain_does_not_touch_a_value_that_has_been_replaced() {
    let (map, keys) = filled::<u32>(20);
    let mut first = None;
    map.retain(|key, value| {
        if first.is_none() {
            first = Some(key.clone());
            for other in keys.iter().filter(|other| !Ptr::ptr_eq(other, key)) {
                map.insert(other, 1);
            }
        }
        *value == 1
    });
    let first = first.unwrap();
    let others = keys.iter().filter(|other| !Ptr::ptr_eq(other, &first));
    assert_is(&map, others.map(|key| (key, 1)));
}

#[test]
fn b351_a_clone_has_the_same_keys_and_clones_of_the_values() {
    let keys = items(0..3);
    let map = Map::<Vec<u32>>::default();
    for key in &keys {
        map.insert(key, vec![key.name()]);
    }
    let clone = map.clone();
    clone.for_each_mut(|_, value| value.push(9));
    for key in &keys {
        assert!(Ptr::ptr_eq(&clone.get_key(&**key).unwrap(), key));
        assert_eq!(map.get(&**key), Some(vec![key.name()]));
        assert_eq!(clone.get(&**key), Some(vec![key.name(), 9]));
    }
}

#[test]
fn b352_a_clone_while_entries_die() {
    let leaks = Leaks::watch();
    let (map, mut keys) = filled::<Value>(20);
    let doomed = keys.split_off(10);
    let until = once(Call::ValueClone, move |_| drop(doomed));
    let clone = Map::clone(&map);
    drop(until);
    // They lived as it began; nobody owns them as it ends.
    assert_is(&map, pairs(&keys));
    assert_is(&clone, pairs(&keys));
    drop((map, clone, keys));
    leaks.assert_none();
}

#[test]
fn b231_b265_a_value_goes_with_its_key_or_the_map() {
    let leaks = Leaks::watch();
    let (map, mut keys) = filled::<Value>(10);
    drop(keys.pop());
    assert_eq!(leaks.alive(), 18);
    drop(map);
    assert_eq!(leaks.alive(), 9, "the keys live");
    let map = filled::<Value>(10).0;
    assert!(map.is_empty());
    let (map, other_keys) = filled::<Value>(10);
    map.clear();
    assert_eq!(leaks.alive(), 19);
    map.update(other_keys.iter().map(|key| (key.clone(), Value::new(key.name() * 10))));
    // Keys that die in the middle of the map's end.
    let until = once(Call::ValueDrop, move |_| drop(other_keys));
    drop(map);
    drop(until);
    drop(keys);
    leaks.assert_none();
}

#[test]
fn b380_the_map_goes_in_the_middle_of_a_death() {
    // In a destructor that runs before the value of the dying key is dropped, and in that of the value.
    for call in [Call::KeyDrop, Call::ValueDrop] {
        let leaks = Leaks::watch();
        let (map, mut keys) = filled::<Value>(10);
        let until = once(call, move |_| drop(map));
        drop(keys.pop());
        drop(until);
        assert!(keys.iter().all(|key| weakref_count(key) == 0));
        assert_eq!(leaks.alive(), 9, "the values have gone with the map");
        drop(keys);
        leaks.assert_none();
    }
}

#[test]
fn values_that_move_to_another_map_as_they_are_removed() {
    let leaks = Leaks::watch();
    let (one, keys) = filled::<Value>(5);
    let other = Values::default();
    other.update(one.drain());
    assert!(one.is_empty());
    assert_is(&other, pairs(&keys));
    other.extract_if(|key, _| key.name() < 2).for_each(|(key, value)| {
        ignore(one.insert(&key, value));
    });
    assert_is(&one, pairs(&keys[..2]));
    assert_is(&other, pairs(&keys[2..]));
    assert_ends_empty(&one, keys);
    leaks.assert_none();
    assert_is(&other, []);
}
