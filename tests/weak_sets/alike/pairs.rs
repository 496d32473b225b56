//! Maps with weak keys and values: every method that is about one pair.

use std::convert::Infallible;

use super::*;

#[test]
fn a_new_map_is_empty() {
    for map in [Map::new(), Map::default(), Map::with_capacity(0)] {
        assert_eq!((map.len(), map.capacity()), (0, 0));
        assert!(map.is_empty() && map.pop().is_none() && map.iter().next().is_none());
        assert_pairs(&map, []);
    }
    let roomy: Map = Map::with_capacity(100);
    assert!(roomy.capacity() >= 100);
    assert_pairs(&roomy, []);
}

#[test]
fn neither_keys_nor_values_are_owned() {
    let (map, keys, values) = map_of(20);
    assert!(keys.iter().chain(&values).all(|item| Ptr::strong_count(item) == 1));
    assert_eq!((counts(&keys), counts(&values)), (vec![1; 20], vec![1; 20]));
    assert_pairs(&map, keys.iter().zip(&values));
}

#[test]
fn every_way_to_ask() {
    let (map, keys, values) = map_of(5);
    let stranger = item(50);
    for (key, value) in keys.iter().zip(&values) {
        assert!(Ptr::ptr_eq(&map.get(&**key).unwrap(), value));
        assert!(Ptr::ptr_eq(&map.get_key(&**key).unwrap(), key));
        for ask in [map.get_key_value(&**key), map.get_both(&**key)] {
            let (own, found) = ask.unwrap();
            assert!(Ptr::ptr_eq(&own, key) && Ptr::ptr_eq(&found, value));
        }
        assert!(map.contains_key(&**key) && !map.contains_key(&**value));
    }
    assert!(map.get(&*stranger).is_none() && map.get_key(&*stranger).is_none());
    assert!(map.get_key_value(&*stranger).is_none() && map.get_both(&*stranger).is_none());
    assert!(!map.contains_key(&*stranger));
    assert_eq!((counts(&keys), weakref_count(&stranger)), (vec![1; 5], 0));
    assert!(keys.iter().chain(&values).all(|item| Ptr::strong_count(item) == 1));
}

#[test]
fn insert_gives_the_value_that_was_there() {
    let (map, key) = (Map::new(), item(1));
    let [one, two] = [item(10), item(20)];
    assert!(map.insert(&key, &one).is_none());
    assert!(Ptr::ptr_eq(&map.insert(&key, &two).unwrap(), &one));
    assert_eq!(counts([&key, &one, &two]), [1, 0, 1]);
    assert_pairs(&map, [(&key, &two)]);
    // The same pair once more.
    assert!(Ptr::ptr_eq(&map.insert(&key, &two).unwrap(), &two));
    assert_eq!(counts([&key, &two]), [1, 1]);
    drop(one);
    assert_pairs(&map, [(&key, &two)]);
    drop(two);
    assert_pairs(&map, []);
    assert_eq!(weakref_count(&key), 0);
    assert!(map.insert(&key, &item(30)).is_none());
    assert_pairs(&map, []);
}

#[test]
fn a_key_that_is_replaced_by_itself() {
    let (map, keys, values) = map_of(3);
    let new = item(7);
    assert!(Ptr::ptr_eq(&map.replace_key(&keys[1], &new).unwrap(), &values[1]));
    assert_eq!(counts([&keys[1], &values[1], &new]), [1, 0, 1]);
    assert!(map.replace_key(&new, &new).is_none());
    let left = [(&keys[0], &values[0]), (&keys[1], &new), (&keys[2], &values[2]), (&new, &new)];
    assert_pairs(&map, left);
}

#[test]
fn remove_and_remove_entry() {
    let (map, keys, values) = map_of(5);
    assert!(Ptr::ptr_eq(&map.remove(&*keys[1]).unwrap(), &values[1]));
    assert!(map.remove(&*keys[1]).is_none());
    let (key, value) = map.remove_entry(&*keys[3]).unwrap();
    assert!(Ptr::ptr_eq(&key, &keys[3]) && Ptr::ptr_eq(&value, &values[3]));
    assert!(map.remove_entry(&*keys[3]).is_none());
    assert_eq!((counts(&keys), counts(&values)), (vec![1, 0, 1, 0, 1], vec![1, 0, 1, 0, 1]));
    let left = keys.iter().zip(&values).filter(|pair| pair.0.number() % 2 == 0);
    assert_pairs(&map, left);
}

#[test]
fn pop_gives_each_pair_once() {
    let (map, keys, values) = map_of(20);
    let mut popped = Vec::new();
    while let Some((key, value)) = map.pop() {
        assert_eq!(key.number() + 100, value.number());
        assert_eq!(counts([&key, &value]), [0, 0]);
        popped.push(key);
    }
    assert_eq!(places(&popped), places(&keys));
    assert_eq!(counts(&values), [0; 20]);
    assert_pairs(&map, []);
}

#[test]
fn pop_skips_what_is_half_dead() {
    let (map, mut keys, mut values) = map_of(10);
    let moved_keys: Vec<_> =
        keys.drain(..4).map(|key| Ptr::try_unwrap(key).ok().unwrap()).collect();
    let moved_values: Vec<_> =
        values.drain(6..).map(|value| Ptr::try_unwrap(value).ok().unwrap()).collect();
    assert_eq!(map.len(), 10);
    let mut popped: Vec<_> = std::iter::from_fn(|| map.pop()).map(|pair| pair.0.number()).collect();
    popped.sort_unstable();
    assert_eq!((popped, map.len()), (vec![4, 5], 8));
    drop((moved_keys, moved_values));
    assert_pairs(&map, []);
    assert_eq!((counts(&keys), counts(&values)), (vec![0; 6], vec![0; 6]));
}

#[test]
fn what_is_half_out_of_its_pointer_is_nowhere() {
    for which in ["key", "value"] {
        let (map, mut keys, mut values) = map_of(3);
        let side = if which == "key" { &mut keys } else { &mut values };
        let moved = Ptr::try_unwrap(side.remove(1)).ok().unwrap();
        assert_eq!(map.len(), 3, "it counts up to the drop");
        assert_eq!((map.iter().len(), map.values().len()), (2, 2), "a dead {which}");
        let mut seen = 0;
        map.for_each(|_, _| seen += 1);
        assert_eq!((seen, map.clone().len()), (2, 2));
        map.retain(|key, _| key.number() != 1);
        if let Some(key) = keys.get(1).filter(|key| key.number() == 1) {
            assert!(map.get(&**key).is_none() && map.get_key(&**key).is_none());
            assert!(map.get_key_value(&**key).is_none() && !map.contains_key(&**key));
        }
        drop(moved);
        assert_pairs(
            &map,
            [(&items_of(&keys, 0), &values[0]), (&items_of(&keys, 2), &last(&values))],
        );
    }
}

fn items_of(items: &[Ptr<Item>], number: u32) -> Ptr<Item> {
    items.iter().find(|item| item.number() == number).unwrap().clone()
}

fn last(items: &[Ptr<Item>]) -> Ptr<Item> {
    items.last().unwrap().clone()
}

#[test]
fn the_key_of_a_value_out_of_its_pointer_is_not_among_the_keys() {
    let (map, keys, mut values) = map_of(3);
    let moved = Ptr::try_unwrap(values.remove(1)).ok().unwrap();
    assert!(!map.contains_key(&*keys[1]) && map.get_key(&*keys[1]).is_none());
    assert_eq!(numbers(map.keys()), [0, 2]);
    drop(moved);
}

#[test]
fn a_new_value_in_the_place_of_one_out_of_its_pointer() {
    let (map, key, value) = (Map::new(), item(1), item(10));
    map.insert(&key, &value);
    let moved = Ptr::try_unwrap(value).ok().unwrap();
    let new = item(20);
    assert!(map.insert(&key, &new).is_none(), "what was there does not live");
    assert_eq!(map.len(), 1);
    drop(moved);
    assert_pairs(&map, [(&key, &new)]);
    assert_eq!(counts([&key, &new]), [1, 1]);
    // By a factory.
    let moved = Ptr::try_unwrap(new).ok().unwrap();
    let made = map.get_or_insert_with(&key, || item(30));
    drop(moved);
    assert_pairs(&map, [(&key, &made)]);
}

#[test]
fn clear_empties() {
    let (map, keys, values) = map_of(20);
    map.clear();
    assert_eq!((counts(&keys), counts(&values)), (vec![0; 20], vec![0; 20]));
    assert_pairs(&map, []);
    map.insert(&keys[1], &values[2]);
    assert_pairs(&map, [(&keys[1], &values[2])]);
}

#[test]
fn room_for_pairs() {
    let map: Map = Map::with_capacity(1000);
    let (full, keys, values) = map_of(1000);
    map.update(&full);
    drop((keys, values));
    assert!(map.is_empty() && map.capacity() >= 1000);
    map.shrink_to(100);
    assert!((100..1000).contains(&map.capacity()));
    map.shrink_to_fit();
    assert_eq!(map.capacity(), 0);
    map.reserve(500);
    assert!(map.capacity() >= 500);
    assert!(map.try_reserve(600).is_ok() && map.try_reserve(usize::MAX).is_err());
    assert!(map.capacity() >= 600);
}

#[test]
fn the_factory_runs_only_if_needed() {
    let (map, keys, values) = map_of(3);
    for (key, value) in keys.iter().zip(&values) {
        assert!(Ptr::ptr_eq(&map.get_or_insert_with(key, || unreachable!()), value));
        let found = map.get_or_try_insert_with(key, || -> Result<_, Infallible> { unreachable!() });
        assert!(Ptr::ptr_eq(&found.unwrap(), value));
    }
    let (key, value) = (item(7), item(107));
    let mut calls = 0;
    let made = map.get_or_insert_with(&key, || {
        calls += 1;
        assert!(!map.contains_key(&*key));
        value.clone()
    });
    assert!(Ptr::ptr_eq(&made, &value) && calls == 1);
    drop(made);
    assert_pairs(&map, keys.iter().zip(&values).chain([(&key, &value)]));
    // What nobody keeps is gone.
    drop(map.get_or_insert_with(&item(8), || item(108)));
    drop(map.get_or_insert_with(&item(9), || value.clone()));
    assert_pairs(&map, keys.iter().zip(&values).chain([(&key, &value)]));
}

#[test]
fn a_factory_that_fails_leaves_nothing() {
    let (map, keys, values) = map_of(3);
    let key = item(7);
    for _ in 0..3 {
        let failed = map.get_or_try_insert_with(&key, || Err("no"));
        assert_eq!(failed.unwrap_err(), "no");
        assert_eq!(panic_of(|| map.get_or_insert_with(&key, || panic!("{OOPS}"))), OOPS);
        assert_pairs(&map, keys.iter().zip(&values));
        assert_eq!((weakref_count(&key), Ptr::strong_count(&key)), (0, 1));
    }
    let made = map.get_or_try_insert_with(&key, || Ok::<_, ()>(item(107))).unwrap();
    assert_pairs(&map, keys.iter().zip(&values).chain([(&key, &made)]));
}

#[test]
fn a_factory_that_needs_its_own_key_panics() {
    let (map, keys, values) = map_of(3);
    let [key, other] = [item(7), item(8)];
    assert_panics(CIRCLE, || {
        map.get_or_insert_with(&key, || map.get_or_insert_with(&key, || item(9)))
    });
    assert_panics(CIRCLE, || {
        map.get_or_insert_with(&key, || {
            map.get_or_insert_with(&other, || map.get_or_insert_with(&key, || item(9)))
        })
    });
    assert_pairs(&map, keys.iter().zip(&values));
    // Another key is another matter.
    let inner = item(18);
    let made = map.get_or_insert_with(&key, || {
        map.get_or_insert_with(&other, || inner.clone());
        item(17)
    });
    let more = [(&key, &made), (&other, &inner)];
    assert_pairs(&map, keys.iter().zip(&values).chain(more));
}

#[test]
fn what_is_inserted_while_the_factory_runs_wins() {
    let (map, key, meanwhile) = (Map::new(), item(1), item(10));
    let tally = Tally::default();
    let found = map.get_or_insert_with(&key, || {
        map.insert(&key, &meanwhile);
        counted(20, &tally)
    });
    assert!(Ptr::ptr_eq(&found, &meanwhile));
    assert_eq!(tally.count(), 0, "the other one is gone");
    drop(found);
    assert_pairs(&map, [(&key, &meanwhile)]);
}

#[test]
fn a_factory_may_return_its_key_or_a_value_that_is_there() {
    let (map, keys, values) = map_of(2);
    let key = item(7);
    let made = map.get_or_insert_with(&key, || key.clone());
    assert_eq!(weakref_count(&made), 2);
    drop(made);
    let other = item(8);
    let found = map.get_or_insert_with(&other, || map.get(&*keys[0]).unwrap());
    assert!(Ptr::ptr_eq(&found, &values[0]));
    assert_eq!(weakref_count(&found), 2);
    drop(found);
    let more = [(&key, &key), (&other, &values[0])];
    assert_pairs(&map, keys.iter().zip(&values).chain(more));
}
