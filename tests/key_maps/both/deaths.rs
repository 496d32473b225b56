//! Keys and maps that go, in every order.

use std::{cell::Cell, rc::Rc};

use weakref_core::{RemovalCause, clear_weakrefs, clear_weakrefs_silently};

use super::*;

#[test]
fn the_map_goes_first() {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(10);
    drop(map);
    assert_eq!(leaks.alive(), 10, "the keys live");
    assert!(keys.iter().all(|key| weakref_count(key) == 0));
    drop(keys);
    leaks.assert_none();
}

#[test]
fn the_keys_go_first() {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(10);
    drop(keys);
    leaks.assert_none();
    assert_is(&map, []);
}

#[test]
fn b380_the_map_goes_in_the_middle_of_a_death() {
    // In a destructor that runs before the value of the dying key is dropped, and in that of the
    // value.
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
fn keys_die_in_the_middle_of_the_maps_end() {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(10);
    let until = once(Call::ValueDrop, move |_| drop(keys));
    drop(map);
    drop(until);
    leaks.assert_none();
}

#[test]
fn b379_a_key_that_dies_after_it_was_removed_by_hand() {
    let (map, mut keys) = filled::<u32>(10);
    let doomed = keys.split_off(5);
    for key in &doomed {
        map.remove(&**key);
    }
    drop(doomed);
    assert_is(&map, pairs(&keys));
}

#[test]
fn b379_a_key_that_is_removed_in_the_middle_of_its_death() {
    let leaks = Leaks::watch();
    let (map, mut keys) = filled::<Value>(3);
    let doomed = keys.pop().unwrap();
    let (weak, log) = (Ptr::downgrade(&map), Log::default());
    let seen = log.clone();
    map.on_removal(move |key, cause| seen.put((key.is_dead(), cause)));
    // Called before the map hears of the death, as it is the newer one.
    let watch = WeakRef::with_callback(&doomed, move |_| weak.upgrade().unwrap().clear());
    drop(doomed);
    assert!(watch.is_dead());
    let mut told = log.take();
    told.sort_by_key(|(is_dead, _)| *is_dead);
    let cleared = (false, RemovalCause::Cleared);
    assert_eq!(told, [cleared, cleared, (true, RemovalCause::Died)]);
    assert_is(&map, []);
    map.insert(&keys[0], Value::new(0));
    assert_is(&map, pairs(&keys[..1]));
    drop((map, keys));
    leaks.assert_none();
}

#[test]
fn b285_a_death_calls_neither_eq_nor_hash() {
    let calls = Rc::new(Cell::new(0));
    let count = |call| {
        let calls = Rc::clone(&calls);
        on(call, move |_| calls.set(calls.get() + 1))
    };
    let (map, mut keys) = filled::<u32>(20);
    let until = [count(Call::KeyEq), count(Call::KeyHash)];
    keys.truncate(10);
    assert_eq!(map.len(), 10);
    map.reserve(1000);
    map.shrink_to_fit();
    map.retain(|key, _| key.number < 5);
    assert!(map.pop().is_some());
    assert_eq!((map.len(), map.iter().len()), (4, 4));
    map.clear();
    drop((until, keys));
    assert_eq!(calls.get(), 0);
}

#[test]
fn b363_a_death_takes_its_own_entry_and_no_other() {
    // Memory is used again, so that new keys stand where old ones stood.
    let map = Numbers::default();
    let mut keys: Vec<Ptr<Thing>> = Vec::new();
    for round in 0..500_u32 {
        let key = thing(round);
        map.insert(&key, round);
        keys.push(key);
        if round % 3 != 0 {
            keys.swap_remove(round as usize % keys.len());
        }
        assert_eq!(map.len(), keys.len());
    }
    assert_is(&map, keys.iter().map(|key| (key, key.number)));
    assert_ends_empty(&map, keys);
}

#[test]
fn keys_that_are_made_to_look_dead() {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(4);
    clear_weakrefs(&keys[0]);
    clear_weakrefs_silently(&keys[1]);
    assert_eq!(leaks.alive(), 4 + 2);
    assert_is(&map, pairs(&keys[2..]));
    for key in &keys {
        map.insert(key, Value::new(key.number * 10));
    }
    assert_is(&map, pairs(&keys));
    assert_ends_empty(&map, keys);
    leaks.assert_none();
}

#[test]
fn a_panicking_drop_of_a_value_at_a_death_goes_to_the_hook() {
    let unraisables = Unraisables::listen();
    let leaks = Leaks::watch();
    let (map, mut keys) = filled::<Value>(5);
    let until = on(Call::ValueDrop, |number| assert_ne!(number, 30, "{OOPS}"));
    let doomed = keys.remove(3);
    assert_eq!(caught(|| drop(doomed)), Ok(()), "a death does not panic");
    drop(until);
    let seen = unraisables.messages();
    assert!(matches!(&seen[..], [message] if message.contains(OOPS)), "{seen:?}");
    assert_is(&map, pairs(&keys));
    assert_ends_empty(&map, keys);
    leaks.assert_none();
}

#[test]
fn a_value_that_moves_to_another_map_as_it_is_removed() {
    let leaks = Leaks::watch();
    let (one, keys) = filled::<Value>(5);
    let other = Values::default();
    other.update(one.drain());
    assert!(one.is_empty());
    assert_is(&other, pairs(&keys));
    other.extract_if(|key, _| key.number < 2).for_each(|(key, value)| {
        drop_it(one.insert(&key, value));
    });
    assert_is(&one, pairs(&keys[..2]));
    assert_is(&other, pairs(&keys[2..]));
    assert_ends_empty(&one, keys);
    leaks.assert_none();
    assert_is(&other, []);
}
