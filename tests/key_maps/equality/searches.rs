//! The keys' `Eq` and `Hash` run in the middle of searches: what they may do, and what not.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use weakref_core::{WeakKeyMap, weakref_count};
use weakref_tests::{
    AllAlike, Call, OOPS, REENTRY, Unraisables, assert_panics, caught, on, once, oops, panic_of,
    without_deadlock,
};

use super::{
    Ptr,
    things::{Thing, thing, things},
};
use crate::actors::{Leaks, Value};

/// All keys have one hash, so `Eq` is asked about every entry that a search meets.
type Map = WeakKeyMap<Thing, Value, AllAlike>;

fn filled(size: u32) -> (Ptr<Map>, Vec<Ptr<Thing>>) {
    let keys = things(size);
    let map = keys.iter().map(|key| (key.clone(), Value::new(key.number))).collect();
    (Ptr::new(map), keys)
}

type Search = (&'static str, fn(&Map, &Ptr<Thing>));

fn drop_it<T>(_: T) {}

/// Everything that searches.
fn searches() -> Vec<Search> {
    vec![
        ("get", |map, key| drop_it(map.get(&**key))),
        ("with", |map, key| drop_it(map.with(&**key, |_| ()))),
        ("with_mut", |map, key| drop_it(map.with_mut(&**key, |_| ()))),
        ("get_key", |map, key| drop_it(map.get_key(&**key))),
        ("get_key_value", |map, key| drop_it(map.get_key_value(&**key))),
        ("contains_key", |map, key| drop_it(map.contains_key(&**key))),
        ("remove", |map, key| drop_it(map.remove(&**key))),
        ("remove_entry", |map, key| drop_it(map.remove_entry(&**key))),
        ("insert", |map, key| drop_it(map.insert(key, Value::new(50)))),
        ("replace_key", |map, key| drop_it(map.replace_key(key, Value::new(50)))),
        ("get_or_insert_with", |map, key| drop_it(map.get_or_insert_with(key, || Value::new(50)))),
        ("get_or_try_insert_with", |map, key| {
            drop_it(map.get_or_try_insert_with(key, || Err::<Value, _>(())));
        }),
        ("entry", |map, key| drop_it(map.entry(key))),
        ("or_insert", |map, key| drop_it(map.entry(key).or_insert_with(|| Value::new(50)))),
    ]
}

/// What does not search, but enters.
fn others() -> Vec<Search> {
    vec![
        ("len", |map, _| drop_it(map.len())),
        ("is_empty", |map, _| drop_it(map.is_empty())),
        ("keys", |map, _| drop_it(map.keys())),
        ("key_refs", |map, _| drop_it(map.key_refs())),
        ("iter", |map, _| drop_it(map.iter())),
        ("values", |map, _| drop_it(map.values())),
        ("for_each", |map, _| map.for_each(|_, _| ())),
        ("for_each_mut", |map, _| map.for_each_mut(|_, _| ())),
        ("retain", |map, _| map.retain(|_, _| true)),
        ("extract_if", |map, _| drop_it(map.extract_if(|_, _| true).next())),
        ("clear", |map, _| map.clear()),
        ("drain", |map, _| drop_it(map.drain())),
        ("pop", |map, _| drop_it(map.pop())),
        ("reserve", |map, _| map.reserve(100)),
        ("capacity", |map, _| drop_it(map.capacity())),
        ("on_removal", |map, _| map.on_removal(|_, _| ())),
        ("clone", |map, _| drop_it(map.clone())),
        ("fmt", |map, _| drop_it(format!("{map:?}"))),
    ]
}

/// Asserts that the map has these keys, each with its own number, and that it still cleans itself.
#[track_caller]
fn assert_is(map: &Map, keys: &[Ptr<Thing>]) {
    assert_eq!(map.len(), keys.len());
    for key in keys {
        assert_eq!(map.with(&**key, |value| value.number), Some(key.number));
        assert_eq!(weakref_count(key), 1);
    }
    let guest = thing(1000);
    map.insert(&guest, Value::new(1));
    drop(guest);
    assert_eq!(map.len(), keys.len());
}

#[test]
fn eq_may_not_use_the_map() {
    without_deadlock(|| {
        let leaks = Leaks::watch();
        for (outer, search) in searches() {
            for (name, inner) in searches().into_iter().chain(others()) {
                let (map, keys) = filled(4);
                let (again, key) = (Ptr::clone(&map), keys[1].clone());
                let message = Rc::new(RefCell::new(None));
                let said = Rc::clone(&message);
                let until = once(Call::KeyEq, move |_| {
                    *said.borrow_mut() = caught(|| inner(&again, &key)).err();
                });
                // Not one that is changed, or is not there.
                search(&map, &thing(9));
                drop(until);
                let message = message.take().unwrap_or_else(|| panic!("{name} in {outer}"));
                assert!(message.contains(REENTRY), "{name} in {outer}: {message}");
                assert_is(&map, &keys);
            }
        }
        leaks.assert_none();
    });
}

#[test]
fn eq_that_lets_that_panic_through_changes_nothing() {
    without_deadlock(|| {
        for (_, search) in searches() {
            let (map, keys) = filled(4);
            let again = Ptr::clone(&map);
            let until = once(Call::KeyEq, move |_| map.clear());
            assert_panics(REENTRY, || search(&again, &thing(9)));
            drop(until);
            assert_is(&again, &keys);
        }
    });
}

#[test]
fn eq_may_use_another_map() {
    without_deadlock(|| {
        for (_, search) in searches() {
            for (_, inner) in searches().into_iter().chain(others()) {
                let ((map, keys), (other, its)) = (filled(3), filled(3));
                let until = once(Call::KeyEq, move |_| inner(&other, &its[1]));
                search(&map, &thing(9));
                drop(until);
                assert_is(&map, &keys);
            }
        }
    });
}

#[test]
fn hash_may_use_the_map() {
    without_deadlock(|| {
        for (_, search) in searches() {
            for (name, inner) in searches().into_iter().chain(others()) {
                let (map, keys) = filled(3);
                let (again, key) = (Ptr::clone(&map), keys[1].clone());
                let called = Rc::new(Cell::new(false));
                let seen = Rc::clone(&called);
                let until = once(Call::KeyHash, move |_| {
                    seen.set(true);
                    inner(&again, &key);
                });
                search(&map, &keys[2]);
                drop(until);
                assert!(called.get(), "{name}");
                assert_eq!(map.len(), map.iter().len());
                drop(keys);
                assert!(map.is_empty(), "{name}");
            }
        }
    });
}

#[test]
fn b277_b378_a_panicking_hash_changes_nothing() {
    for (name, search) in searches() {
        let (map, keys) = filled(4);
        for key in [&keys[2], &thing(9)] {
            let until = on(Call::KeyHash, oops);
            assert_eq!(panic_of(|| search(&map, key)), OOPS, "{name}");
            drop(until);
            assert_eq!(Ptr::strong_count(key), 1);
        }
        assert_is(&map, &keys);
    }
}

#[test]
fn b277_b378_a_panicking_eq_changes_nothing() {
    let leaks = Leaks::watch();
    for (name, search) in searches() {
        // At the first comparison, and at later ones; also for the identical key.
        for skip in 0..4 {
            for number in [2, 9] {
                let (map, keys) = filled(4);
                let key = keys.get(number).cloned().unwrap_or_else(|| thing(9));
                let left = Cell::new(skip);
                let until = on(Call::KeyEq, move |_| match left.get() {
                    0 => panic!("{OOPS}"),
                    more => left.set(more - 1),
                });
                let result = caught(|| search(&map, &key));
                drop((until, key));
                match result {
                    Err(message) => {
                        assert_eq!(message, OOPS);
                        assert_is(&map, &keys);
                    }
                    // It was found before.
                    Ok(()) => assert!(skip > 0 && number == 2, "{name}"),
                }
                drop(keys);
                assert!(map.is_empty());
            }
        }
    }
    leaks.assert_none();
}

#[test]
fn b282_owners_that_eq_drops_are_counted_out_after_the_search() {
    for (name, search) in searches() {
        let leaks = Leaks::watch();
        let (map, mut keys) = filled(6);
        let doomed = keys.split_off(3);
        let until = once(Call::KeyEq, move |_| drop(doomed));
        let absent = thing(9);
        search(&map, &absent);
        drop((until, absent));
        assert_eq!(map.len(), 3, "{name}");
        assert_is(&map, &keys);
        drop((map, keys));
        leaks.assert_none();
    }
}

#[test]
fn eq_that_drops_the_last_owner_of_what_it_compares() {
    // The search has made an owner, which is the last one then; it goes when the map has been left.
    for (name, search) in searches() {
        let leaks = Leaks::watch();
        let (map, keys) = filled(4);
        let again = Ptr::downgrade(&map);
        let owners = RefCell::new(keys);
        let until_eq = on(Call::KeyEq, move |_| drop(owners.take()));
        let until_drop = on(Call::KeyDrop, move |number| {
            if number < 4
                && let Some(map) = again.upgrade()
            {
                // Nothing is locked.
                drop_it(caught(|| map.capacity()));
            }
        });
        let wanted = thing(2);
        search(&map, &wanted);
        drop((until_eq, until_drop, wanted));
        let left: Vec<_> = map.keys().collect();
        assert!(left.is_empty(), "{name}: {left:?}");
        assert!(map.is_empty());
        drop(map);
        leaks.assert_none();
    }
}

#[test]
fn a_key_that_a_search_lets_go_may_use_the_map() {
    let (map, keys) = filled(1);
    let owners = RefCell::new(keys);
    let again = Ptr::clone(&map);
    let lens = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&lens);
    let until_eq = once(Call::KeyEq, move |_| drop(owners.take()));
    let until_drop = once(Call::KeyDrop, move |_| seen.borrow_mut().push(again.len()));
    assert!(!map.contains_key(&*thing(9)));
    drop((until_eq, until_drop));
    assert_eq!(*lens.borrow(), [0]);
}

#[test]
fn all_keys_that_a_search_lets_go_drop_when_it_has_ended() {
    // Each is owned by the search alone from its comparison on.
    for (name, search) in searches() {
        let leaks = Leaks::watch();
        let (map, keys) = filled(4);
        let (owners, again) = (RefCell::new(keys), Ptr::clone(&map));
        let until_eq = on(Call::KeyEq, move |number| {
            let owner = {
                let mut owners = owners.borrow_mut();
                let which = owners.iter().position(|owner| owner.number == number);
                which.map(|which| owners.swap_remove(which))
            };
            drop(owner);
        });
        let lens = Rc::new(RefCell::new(Vec::new()));
        let seen = Rc::clone(&lens);
        let until_drop = on(Call::KeyDrop, move |number| {
            if number < 4 {
                seen.borrow_mut().push(caught(|| again.len()).is_ok());
            }
        });
        let absent = thing(9);
        search(&map, &absent);
        drop((until_eq, until_drop, absent));
        assert_eq!(*lens.borrow(), [true; 4], "{name}");
        assert!(map.is_empty());
        drop(map);
        leaks.assert_none();
    }
}

#[test]
fn a_panicking_drop_of_a_key_that_a_search_lets_go() {
    let unraisables = Unraisables::listen();
    let leaks = Leaks::watch();
    let (map, keys) = filled(1);
    let until_eq = once(Call::KeyEq, move |_| drop(keys));
    let until_drop = once(Call::KeyDrop, oops);
    let absent = thing(9);
    assert_eq!(caught(|| map.get(&*absent).is_none()), Ok(true), "nobody asked for that key");
    drop((until_eq, until_drop, absent));
    assert_eq!(unraisables.messages(), [OOPS]);
    assert_is(&map, &[]);
    leaks.assert_none();
}

#[test]
fn a_panicking_eq_after_owners_have_died() {
    for (_, search) in searches() {
        let leaks = Leaks::watch();
        let (map, mut keys) = filled(5);
        let dying = keys.split_off(2);
        let until = once(Call::KeyEq, move |_| {
            drop(dying);
            panic!("{OOPS}");
        });
        assert_eq!(panic_of(|| search(&map, &thing(9))), OOPS);
        drop(until);
        assert_is(&map, &keys);
        drop((map, keys));
        leaks.assert_none();
    }
}

#[test]
fn what_a_factory_made_is_dropped_outside_if_eq_panics() {
    let leaks = Leaks::watch();
    let (map, keys) = filled(3);
    let again = Ptr::clone(&map);
    let until_drop = on(Call::ValueDrop, move |_| assert_eq!(again.len(), 3));
    let mut until_eq = None;
    let new = thing(9);
    assert_panics(OOPS, || {
        map.get_or_insert_with(&new, || {
            until_eq = Some(once(Call::KeyEq, oops));
            Value::new(7)
        })
    });
    drop((until_eq, until_drop));
    assert_is(&map, &keys);
    assert_eq!(map.get_or_insert_with(&new, || Value::new(8)).number, 8);
    drop((map, keys, new));
    leaks.assert_none();
}

#[test]
fn factories_for_other_keys_of_the_same_hash() {
    without_deadlock(|| {
        let (map, keys) = filled(1);
        let [one, two] = [8, 9].map(thing);
        let value = map.get_or_insert_with(&one, || {
            assert_eq!(map.get_or_insert_with(&two, || Value::new(9)).number, 9);
            Value::new(8)
        });
        assert_eq!(value.number, 8);
        assert_is(&map, &[keys[0].clone(), one, two]);
    });
}
