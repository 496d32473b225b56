//! Destructors and clones of values, and closures that change them, which use the map: all may.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use super::{
    operations::{Operation, assert_whole, operations},
    *,
};

/// Runs `act` with a map of six, and `operation` about `key` in the first call of `call` in it.
fn in_a_call(call: Call, act: fn(&Values, &mut Vec<Owner>), operation: &Operation, key: u32) {
    let leaks = Leaks::watch();
    let (map, mut keys) = filled::<Value>(6);
    let wanted = keys.get(key as usize).cloned().unwrap_or_else(|| item(key));
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
fn any_in_a_call(call: Call, act: fn(&Values, &mut Vec<Owner>)) {
    without_deadlock(move || {
        for operation in operations() {
            for key in [2, 3, 100] {
                in_a_call(call, act, &operation, key);
            }
        }
    });
}

#[test]
fn a_values_drop_at_the_death_of_its_key_may_use_the_map() {
    any_in_a_call(Call::ValueDrop, |_, keys| ignore(keys.remove(1)));
    any_in_a_call(Call::ValueDrop, |_, keys| ignore(keys.split_off(4)));
}

#[test]
fn a_values_drop_may_use_the_map_from_remove_and_insert() {
    any_in_a_call(Call::ValueDrop, |map, keys| ignore(map.remove(&*keys[2])));
    any_in_a_call(Call::ValueDrop, |map, keys| ignore(map.remove_entry(&*keys[2])));
    any_in_a_call(Call::ValueDrop, |map, keys| ignore(map.insert(&keys[2], Value::new(5))));
    any_in_a_call(Call::ValueDrop, |map, keys| ignore(map.replace_key(&keys[2], Value::new(5))));
    any_in_a_call(Call::ValueDrop, |map, keys| {
        ignore(map.entry(&keys[2]).or_insert(Value::new(5)));
    });
}

#[test]
fn a_values_drop_may_use_the_map_from_what_goes_through_all() {
    any_in_a_call(Call::ValueDrop, |map, _| map.clear());
    any_in_a_call(Call::ValueDrop, |map, _| map.retain(|_, _| false));
    any_in_a_call(Call::ValueDrop, |map, _| ignore(map.drain()));
    any_in_a_call(Call::ValueDrop, |map, _| ignore(map.iter()));
}

/// Goes through a map, and shows each key that it comes to.
type Visit = fn(&Values, &mut dyn FnMut(&Owner));

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
                for key in [key, &item(100)] {
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
fn the_visitor_of_for_each_mut_may_use_the_map() {
    in_a_closure(|map, act| map.for_each_mut(|key, _| act(key)));
}

#[test]
fn a_values_clone_may_use_the_map() {
    type Act = fn(&Values, &Owner);
    let acts: [Act; 6] = [
        |map, key| ignore(map.get(&**key)),
        |map, key| ignore(map.get_key_value(&**key)),
        |map, key| ignore(map.get_or_insert_with(key, || unreachable!())),
        |map, _| ignore(map.iter()),
        |map, _| ignore(map.values()),
        |map, _| ignore(map.clone()),
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
    map.retain(|key, _| key.name() == 1);
    drop(until);
    assert_is(&map, [(&keys[1], 5)]);
}
