//! Destructors, callbacks and closures that use the map in the middle of what it does: all may.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use super::{
    operations::{Effect, Operation, assert_whole, operations},
    *,
};

/// Runs `act` with a map of six, and `operation` about `key` in the first call of `call` in it.
fn in_a_call(call: Call, act: fn(&Values, &mut Vec<Ptr<Thing>>), operation: &Operation, key: u32) {
    let leaks = Leaks::watch();
    let (map, mut keys) = filled::<Value>(6);
    let wanted = keys.get(key as usize).cloned().unwrap_or_else(|| thing(key));
    let calls = Rc::new(Cell::new(0));
    let (inner, count, run) = (Ptr::clone(&map), Rc::clone(&calls), operation.run);
    let until = once(call, move |_| {
        count.set(1);
        run(&inner, &wanted);
    });
    act(&map, &mut keys);
    drop(until);
    assert_eq!(calls.get(), 1, "{} has not been called", operation.name);
    assert_whole(&map);
    assert_ends_empty(&map, keys);
    leaks.assert_none();
}

/// Runs every operation in a call, about a key that has to do with it, another, and a new one.
fn any_in_a_call(call: Call, act: fn(&Values, &mut Vec<Ptr<Thing>>)) {
    without_deadlock(move || {
        for operation in operations() {
            for key in [2, 3, 100] {
                in_a_call(call, act, &operation, key);
            }
        }
    });
}

#[test]
fn a_keys_drop_may_use_the_map() {
    any_in_a_call(Call::KeyDrop, |_, keys| drop_it(keys.remove(1)));
    any_in_a_call(Call::KeyDrop, |_, keys| keys.truncate(4));
}

#[test]
fn a_values_drop_at_the_death_of_its_key_may_use_the_map() {
    any_in_a_call(Call::ValueDrop, |_, keys| drop_it(keys.remove(1)));
    any_in_a_call(Call::ValueDrop, |_, keys| drop_it(keys.split_off(4)));
}

#[test]
fn a_values_drop_may_use_the_map_from_remove_and_insert() {
    any_in_a_call(Call::ValueDrop, |map, keys| drop_it(map.remove(&*keys[2])));
    any_in_a_call(Call::ValueDrop, |map, keys| drop_it(map.remove_entry(&*keys[2])));
    any_in_a_call(Call::ValueDrop, |map, keys| drop_it(map.insert(&keys[2], Value::new(5))));
    any_in_a_call(Call::ValueDrop, |map, keys| drop_it(map.replace_key(&keys[2], Value::new(5))));
    any_in_a_call(Call::ValueDrop, |map, keys| {
        drop_it(map.entry(&keys[2]).or_insert(Value::new(5)));
    });
}

#[test]
fn a_values_drop_may_use_the_map_from_what_goes_through_all() {
    any_in_a_call(Call::ValueDrop, |map, _| map.clear());
    any_in_a_call(Call::ValueDrop, |map, _| map.retain(|_, _| false));
    any_in_a_call(Call::ValueDrop, |map, _| drop_it(map.drain()));
    any_in_a_call(Call::ValueDrop, |map, _| drop_it(map.iter()));
}

#[test]
fn a_callback_may_use_the_map() {
    without_deadlock(|| {
        for operation in operations() {
            // Registered before the entry, and so called after it has gone; and the other way round.
            for first in [true, false] {
                let (map, keys) = filled::<Value>(4);
                let doomed = thing(50);
                if !first {
                    map.insert(&doomed, Value::new(1));
                }
                let (weak, other) = (Ptr::downgrade(&map), Ptr::downgrade(&keys[2]));
                let (log, run) = (Log::default(), operation.run);
                let seen = log.clone();
                let watch = WeakRef::with_callback(&doomed, move |_| {
                    run(&weak.upgrade().unwrap(), &other.upgrade().unwrap());
                    seen.put(());
                });
                if first {
                    map.insert(&doomed, Value::new(1));
                }
                drop(doomed);
                assert!(watch.is_dead());
                assert_eq!(log.take().len(), 1);
                if operation.effect == Effect::RemovesAny {
                    assert_whole(&map);
                } else {
                    operation.assert_done(&map, &keys, &keys[2]);
                }
                assert_ends_empty(&map, keys);
            }
        }
    });
}

#[test]
fn b380_a_callback_that_drops_the_map() {
    let leaks = Leaks::watch();
    for first in [true, false] {
        let (map, keys) = filled::<Value>(4);
        let doomed = thing(50);
        if !first {
            map.insert(&doomed, Value::new(1));
        }
        let shelf = Log::default();
        let holder = shelf.clone();
        let watch = WeakRef::with_callback(&doomed, move |_| drop(holder.take()));
        if first {
            map.insert(&doomed, Value::new(1));
        }
        shelf.put(map);
        drop(doomed);
        assert!(watch.is_dead());
        assert!(shelf.take().is_empty());
        assert!(keys.iter().all(|key| weakref_count(key) == 0));
    }
    leaks.assert_none();
}

#[test]
fn b382_a_callback_that_pops_skips_the_dead() {
    for first in [true, false] {
        let map = Ptr::new(Values::default());
        let doomed = thing(50);
        let log = Log::default();
        if !first {
            map.insert(&doomed, Value::new(1));
        }
        let (weak, seen) = (Ptr::downgrade(&map), log.clone());
        let watch = WeakRef::with_callback(&doomed, move |_| {
            seen.put(weak.upgrade().unwrap().pop().is_none());
        });
        if first {
            map.insert(&doomed, Value::new(1));
        }
        drop(doomed);
        assert_eq!(log.take(), [true]);
        drop(watch);
        assert_is(&map, []);
    }
}

/// Goes through a map, and shows each key that it comes to.
type Visit = fn(&Values, &mut dyn FnMut(&Ptr<Thing>));

/// Runs each operation in a closure that the map calls, at each entry it is called for.
fn in_a_closure(visit: Visit) {
    without_deadlock(move || {
        let leaks = Leaks::watch();
        for operation in operations() {
            let (map, keys) = filled::<Value>(6);
            let owners = RefCell::new(keys);
            let mut calls = 0;
            visit(&map, &mut |key| {
                calls += 1;
                // Where it needs the value that is looked at, or one that is not there: that is no
                // more than a panic.
                for key in [key, &thing(100)] {
                    if let Err(message) = caught(|| (operation.run)(&map, key)) {
                        assert!(message.contains(BUSY), "{}: {message}", operation.name);
                    }
                }
                owners.borrow_mut().retain(|owner| !Ptr::ptr_eq(owner, key));
            });
            assert!((1..=6).contains(&calls), "{}: {calls}", operation.name);
            assert_whole(&map);
            assert_ends_empty(&map, owners.into_inner());
        }
        leaks.assert_none();
    });
}

#[test]
fn the_visitor_of_for_each_may_use_the_map() {
    in_a_closure(|map, act| map.for_each(|key, _| act(key)));
    in_a_closure(|map, act| map.for_each_mut(|key, _| act(key)));
}

#[test]
fn the_predicate_of_retain_may_use_the_map() {
    in_a_closure(|map, act| {
        map.retain(|key, _| {
            act(key);
            true
        });
    });
    in_a_closure(|map, act| {
        map.retain(|key, _| {
            act(key);
            false
        });
    });
}

#[test]
fn who_takes_from_extract_if_may_use_the_map() {
    in_a_closure(|map, act| {
        for (key, _) in map.extract_if(|key, _| key.number % 2 == 0) {
            act(&key);
        }
    });
}

#[test]
fn a_values_clone_may_use_the_map() {
    type Act = fn(&Values, &Ptr<Thing>);
    let acts: [Act; 6] = [
        |map, key| drop_it(map.get(&**key)),
        |map, key| drop_it(map.get_key_value(&**key)),
        |map, key| drop_it(map.get_or_insert_with(key, || unreachable!())),
        |map, _| drop_it(map.iter()),
        |map, _| drop_it(map.values()),
        |map, _| drop_it(map.clone()),
    ];
    without_deadlock(move || {
        let leaks = Leaks::watch();
        for act in acts {
            for operation in operations() {
                let (map, keys) = filled::<Value>(3);
                let (inner, wanted, run) = (Ptr::clone(&map), keys[1].clone(), operation.run);
                let log = Log::default();
                let seen = log.clone();
                let until = once(Call::ValueClone, move |_| {
                    seen.put(caught(|| run(&inner, &wanted)));
                });
                act(&map, &keys[1]);
                drop(until);
                if let Err(message) = log.take().pop().unwrap() {
                    assert!(message.contains(BUSY), "{}: {message}", operation.name);
                }
                assert_whole(&map);
                assert_ends_empty(&map, keys);
            }
        }
        leaks.assert_none();
    });
}

#[test]
fn the_drop_of_what_a_closure_took_in_may_use_the_map() {
    let (map, keys) = filled::<Value>(3);
    let inner = Ptr::clone(&map);
    let until = on(Call::ValueDrop, move |_| assert!(inner.len() <= 4));
    let owned = Value::new(5);
    map.with_mut(&*keys[1], move |value| *value = owned);
    map.retain(|key, _| key.number == 1);
    drop(until);
    assert_is(&map, [(&keys[1], 5)]);
}
