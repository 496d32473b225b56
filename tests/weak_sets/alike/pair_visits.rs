//! Maps with weak keys and values: iterators, closures and listeners.

use std::cell::Cell;

use weakref_core::{RemovalCause, WeakRef, clear_weakrefs, map};
use weakref_tests::{Log, Unraisables};

use super::*;

#[test]
fn iterators_are_snapshots() {
    let (map, keys, values) = map_of(5);
    let mut iter: map::Iter<Ptr<Item>, Ptr<Item>> = map.iter();
    let all: (map::Keys<_>, map::Values<_>) = (map.keys(), map.values());
    assert_eq!((iter.len(), all.0.len(), all.1.len()), (5, 5, 5));
    let (key, value) = iter.next().unwrap();
    assert_eq!(key.number() + 100, value.number());
    assert!(iter.next_back().is_some() && iter.len() == 3);
    drop((iter, key, value));
    let wanted = (places(&keys), places(&values));
    drop((keys, values));
    assert_eq!(map.len(), 5, "they own what they have to give");
    let found: (Vec<_>, Vec<_>) = (all.0.collect(), all.1.collect());
    assert_eq!((places(&found.0), places(&found.1)), wanted);
    drop(found);
    assert_pairs(&map, []);
}

#[test]
fn the_text_forms_of_iterators_show_what_is_left() {
    let (map, _keys, _values) = map_of(1);
    let (mut iter, mut keys) = (map.iter(), map.keys());
    assert_eq!(format!("{iter:?}"), "[(Item 0, Item 100)]");
    assert_eq!(format!("{keys:?} {:?}", map.values()), "[Item 0] [Item 100]");
    iter.next();
    keys.next();
    assert_eq!(format!("{iter:?} {keys:?}"), "[] []");
}

#[test]
fn the_keys_alone_do_not_keep_the_pairs() {
    let (map, keys, values) = map_of(3);
    let iter = map.keys();
    drop(values);
    assert_eq!((map.len(), iter.len()), (0, 3));
    let iter = map.values();
    assert_eq!(iter.len(), 0);
    drop(keys);
}

#[test]
fn a_value_under_two_keys_comes_twice() {
    let (map, keys, value) = (Map::new(), items(0..2), item(9));
    map.insert(&keys[0], &value);
    map.insert(&keys[1], &value);
    assert_eq!(numbers(map.values()), [9, 9]);
    assert_eq!(map.value_refs().len(), 2);
}

#[test]
fn weak_references_to_keys_and_values() {
    let (map, mut keys, mut values) = map_of(4);
    let (key_refs, value_refs): (Vec<WeakRef<Item>>, Vec<WeakRef<Item>>) =
        (map.key_refs(), map.value_refs());
    assert!(keys.iter().chain(&values).all(|item| Ptr::strong_count(item) == 1));
    let living = |refs: &[WeakRef<Item>]| numbers(refs.iter().filter_map(WeakRef::upgrade));
    assert_eq!((living(&key_refs), living(&value_refs)), (vec![0, 1, 2, 3], (100..104).collect()));
    keys.remove(0);
    values.remove(3);
    assert_eq!((living(&key_refs), living(&value_refs)), (vec![1, 2, 3], (100..103).collect()));
    assert_eq!((living(&map.key_refs()), living(&map.value_refs())), (vec![1, 2], vec![101, 102]));
}

#[test]
fn a_loop_may_do_anything_to_the_map() {
    let (map, keys, values) = map_of(6);
    let other = item(50);
    for (key, value) in &map {
        assert!(Ptr::ptr_eq(&map.remove(&*key).unwrap(), &value));
        map.insert(&value, &other);
    }
    assert_pairs(&map, values.iter().map(|value| (value, &other)));
    assert_eq!((counts(&keys), weakref_count(&other)), (vec![0; 6], 6));
}

#[test]
fn for_each_keeps_what_it_shows() {
    let (map, keys, values) = map_of(10);
    let mut owners = Some((keys, values));
    let mut seen = Vec::new();
    map.for_each(|key, value| {
        drop(owners.take());
        assert_eq!(key.number() + 100, value.number());
        assert!(map.contains_key(&**key));
        seen.push(key.number());
    });
    // What stands in shards that were not reached yet died with its owners.
    assert!((1..=10).contains(&seen.len()));
    assert_pairs(&map, []);
}

#[test]
fn retain_and_extract_if() {
    let (map, keys, values) = map_of(12);
    map.retain(|key, value| {
        assert_eq!(key.number() + 100, value.number());
        key.number() % 2 == 0
    });
    let even = || keys.iter().zip(&values).filter(|pair| pair.0.number() % 2 == 0);
    assert_pairs(&map, even());
    let asked = Cell::new(0);
    let mut picked: map::ExtractIf<'_, Ptr<Item>, Ptr<Item>> = map.extract_if(|_, _| {
        asked.set(asked.get() + 1);
        true
    });
    assert_eq!((asked.get(), map.len()), (0, 6));
    let (key, value) = picked.next().unwrap();
    assert_eq!((asked.get(), map.len(), counts([&key, &value])), (1, 5, vec![0, 0]));
    drop(picked);
    assert_pairs(&map, even().filter(|pair| !Ptr::ptr_eq(pair.0, &key)));
}

#[test]
fn extract_if_leaves_what_has_been_replaced() {
    let (map, keys, _values) = map_of(6);
    let new = item(50);
    let picked = map.extract_if(|key, _| {
        map.insert(key, &new);
        true
    });
    assert_eq!(picked.count(), 0);
    assert_pairs(&map, keys.iter().map(|key| (key, &new)));
}

#[test]
fn drain_and_into_iter() {
    let (map, keys, values) = map_of(12);
    let drained: map::Drain<Ptr<Item>, Ptr<Item>> = map.drain();
    assert_eq!((drained.len(), map.len()), (12, 0));
    assert_eq!((counts(&keys), counts(&values)), (vec![0; 12], vec![0; 12]));
    map.update(drained);
    assert_pairs(&map, keys.iter().zip(&values));
    let all: map::IntoIter<Ptr<Item>, Ptr<Item>> = map.into_iter();
    assert_eq!((counts(&keys), counts(&values)), (vec![0; 12], vec![0; 12]));
    let again: Map = all.collect();
    assert_pairs(&again, keys.iter().zip(&values));
}

#[test]
fn each_cause_of_a_removal() {
    let (map, mut keys, mut values) = map_of(12);
    let log = Log::default();
    let notes = log.clone();
    map.on_removal(move |key: &WeakRef<Item>, cause| {
        notes.note(format!("{cause:?} {:?}", key.with(Item::number)));
    });
    let told = |what: &str| assert_eq!(log.take(), [what]);
    drop(keys.pop());
    told("Died None");
    values.truncate(10);
    // The value of the eleventh; the twelfth has gone.
    told("Died Some(10)");
    clear_weakrefs(&keys[9]);
    told("Died Some(9)");
    clear_weakrefs(&values[8]);
    told("Died Some(8)");
    map.remove(&*keys[0]);
    told("Removed Some(0)");
    map.remove_entry(&*keys[1]);
    told("Removed Some(1)");
    map.insert(&keys[2], &values[3]);
    told("Replaced Some(2)");
    map.replace_key(&keys[2], &values[2]);
    told("Replaced Some(2)");
    map.retain(|key, _| key.number() != 3);
    told("Removed Some(3)");
    drop(map.extract_if(|key, _| key.number() == 4).next());
    told("Removed Some(4)");
    match map.entry(&keys[5]) {
        map::Entry::Occupied(entry) => drop(entry.remove()),
        map::Entry::Vacant(_) => unreachable!(),
    }
    told("Removed Some(5)");
    let popped = map.pop().unwrap().0.number();
    told(&format!("Removed Some({popped})"));
    drop(map.drain());
    assert_eq!(log.take().len(), 2);
    map.insert(&keys[0], &values[0]);
    map.clear();
    told("Cleared Some(0)");
    map.insert(&keys[0], &values[0]);
    let clone = map.clone();
    clone.clear();
    drop(map);
    assert!(log.take().is_empty());
}

#[test]
fn a_listener_may_use_the_map_and_panic() {
    let panics = Unraisables::listen();
    let (map, keys, mut values) = map_of(4);
    let map = Ptr::new(map);
    let inner = Ptr::downgrade(&map);
    map.on_removal(move |key, cause| {
        let map = inner.upgrade().unwrap();
        if let Some(key) = key.upgrade()
            && cause == RemovalCause::Died
        {
            // A key whose value has died stands for itself now.
            assert!(!map.contains_key(&*key));
            map.insert(&key, &key);
            panic!("{OOPS}");
        }
    });
    assert_eq!(caught(|| drop(values.pop())), Ok(()));
    assert_eq!(panics.take().len(), 1);
    let own = (&keys[3], &keys[3]);
    assert!(Ptr::ptr_eq(&map.get(&*keys[3]).unwrap(), own.1));
    assert_eq!((map.len(), counts(&keys)), (4, vec![1, 1, 1, 2]));
}

#[test]
fn into_keys_and_into_values() {
    type Part = fn(Map) -> Vec<Ptr<Item>>;
    let parts: [Part; 2] = [|map| map.into_keys().collect(), |map| map.into_values().collect()];
    for (which, part) in parts.into_iter().enumerate() {
        let (map, mut keys, mut values) = map_of(6);
        // A key and a value that are out of their pointers, so dead, but not dropped.
        let moved =
            [keys.remove(1), values.remove(4)].map(|one| Ptr::try_unwrap(one).ok().unwrap());
        let found = part(map);
        assert_eq!((counts(&keys), counts(&values)), (vec![0; 5], vec![0; 5]));
        // Those that stood beside them.
        keys.remove(3);
        values.remove(1);
        let (given, others) = if which == 0 { (keys, values) } else { (values, keys) };
        assert_eq!(places(&found), places(&given));
        assert!(others.iter().all(|item| Ptr::strong_count(item) == 1));
        drop(moved);
    }
}
