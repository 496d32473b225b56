//! One flight for a key, and the value that comes of it.

use std::{future::ready as at_once, task::Poll};

use weakref_tests::{Task, block_on};

use super::{
    Ptr,
    factory::{Stage, ready},
    owner,
};

#[test]
fn nothing_happens_before_the_first_poll() {
    let stage = Stage::default();
    let factory = stage.factory("one");
    drop(stage.call(1, &factory));
    assert_eq!(stage.log.take(), ["one is dropped"]);
    stage.assert_empty();
}

#[test]
fn a_value_that_is_there_is_ready_at_once() {
    let stage = Stage::default();
    let value = owner(7);
    stage.map.insert(stage.key(1), &value);
    let factory = stage.factory("one");
    assert!(Ptr::ptr_eq(&ready(&mut stage.call(1, &factory)), &value));
    let factory = stage.factory::<Result<_, ()>>("two");
    let call = ready(&mut stage.try_call(1, &factory));
    assert!(Ptr::ptr_eq(&call.unwrap(), &value));
    assert_eq!(stage.log.take(), ["one is dropped", "two is dropped"], "and none has begun");
    drop(value);
    stage.assert_empty();
}

#[test]
fn a_factory_that_is_ready_at_once() {
    let stage = Stage::default();
    let made = owner(7);
    let call = stage.map.get_or_insert_with_async(stage.key(1), at_once(made.clone()));
    assert!(Ptr::ptr_eq(&block_on(call), &made));
    assert!(Ptr::ptr_eq(&stage.map.get(&1).unwrap(), &made));
    drop(made);
    stage.assert_empty();
}

#[test]
fn one_factory_runs_and_the_others_wait_for_it() {
    let stage = Stage::default();
    let factories = ["one", "two", "three", "four"].map(|name| stage.factory(name));
    let mut calls = factories.each_ref().map(|factory| stage.call(1, factory));
    for _ in 0..2 {
        assert!(calls.iter_mut().all(|call| call.poll().is_pending()));
    }
    assert_eq!(stage.log.take(), ["one begins"]);
    assert_eq!(calls.each_ref().map(Task::wakes), [0; 4]);

    let value = owner(7);
    factories[0].put(value.clone());
    let [first, others @ ..] = &mut calls;
    assert!(Ptr::ptr_eq(&ready(first), &value));
    assert_eq!(stage.log.take(), ["one is dropped"]);
    for call in others {
        assert_eq!(call.wakes(), 1);
        assert!(Ptr::ptr_eq(&ready(call), &value));
    }
    drop(calls);
    assert_eq!(stage.log.take().len(), 3, "none of them has begun");
    assert_eq!(Ptr::strong_count(&value), 1);
    drop(value);
    stage.assert_empty();
}

#[test]
fn flights_for_several_keys_go_on_side_by_side() {
    let stage = Stage::default();
    let factories = ["one", "two", "three"].map(|name| stage.factory(name));
    let mut makers: Vec<_> =
        factories.iter().zip(0..).map(|(factory, key)| stage.call(key, factory)).collect();
    let idle = stage.factory("idle");
    let mut waiters: Vec<_> = (0..3).map(|key| stage.call(key, &idle)).collect();
    assert!(makers.iter_mut().chain(&mut waiters).all(|call| call.poll().is_pending()));
    assert_eq!(stage.log.take(), ["one begins", "two begins", "three begins"]);
    let mut kept = Vec::new();
    for index in [1, 2, 0] {
        factories[index].put(owner(7));
        let value = ready(&mut makers[index]);
        let woken: Vec<_> = waiters.iter().map(Task::wakes).collect();
        assert_eq!((woken[index], woken.iter().sum::<usize>()), (1, 1));
        assert!(Ptr::ptr_eq(&ready(&mut waiters[index]), &value));
        kept.push(value);
    }
    assert_eq!(stage.map.len(), 3);
}

#[test]
fn those_who_wait_get_the_value_even_if_the_maker_drops_it() {
    let stage = Stage::default();
    let [factory, idle] = ["one", "idle"].map(|name| stage.factory(name));
    let mut maker = stage.call(1, &factory);
    let mut waiters = [(); 2].map(|()| stage.call(1, &idle));
    assert!(maker.poll().is_pending() && waiters.iter_mut().all(|call| call.poll().is_pending()));
    factory.put(owner(7));
    drop(ready(&mut maker));
    let values = waiters.each_mut().map(ready);
    assert!(Ptr::ptr_eq(&values[0], &values[1]));
    assert!(Ptr::ptr_eq(&stage.map.get(&1).unwrap(), &values[0]));
    drop(waiters);
    assert_eq!(Ptr::strong_count(&values[0]), 2);
    drop(values);
    stage.log.take();
    stage.assert_empty();
}

#[test]
fn a_key_in_the_making_is_not_there_yet() {
    let stage = Stage::default();
    let factory = stage.factory("one");
    let mut maker = stage.call(1, &factory);
    assert!(maker.poll().is_pending());
    assert!(stage.map.get(&1).is_none() && stage.map.is_empty());
    assert!(stage.map.remove(&1).is_none());
    stage.map.clear();
    stage.map.retain(|_, _| unreachable!());
    factory.put(owner(7));
    let value = ready(&mut maker);
    assert!(Ptr::ptr_eq(&stage.map.get(&1).unwrap(), &value));
}

#[test]
fn what_was_inserted_meanwhile_wins() {
    let stage = Stage::default();
    let [factory, idle] = ["one", "idle"].map(|name| stage.factory(name));
    let mut calls = [stage.call(1, &factory), stage.call(1, &idle)];
    assert!(calls.iter_mut().all(|call| call.poll().is_pending()));
    let (inserted, made) = (owner(1), owner(2));
    stage.map.insert(stage.key(1), &inserted);
    factory.put(made.clone());
    for call in &mut calls {
        assert!(Ptr::ptr_eq(&ready(call), &inserted));
    }
    assert_eq!(Ptr::strong_count(&made), 1);
    assert_eq!(stage.map.len(), 1);
}

#[test]
fn what_was_inserted_meanwhile_and_died_does_not_win() {
    let stage = Stage::default();
    let factory = stage.factory("one");
    let mut maker = stage.call(1, &factory);
    assert!(maker.poll().is_pending());
    stage.map.insert(stage.key(1), &owner(1));
    assert!(stage.map.is_empty());
    let made = owner(2);
    factory.put(made.clone());
    assert!(Ptr::ptr_eq(&ready(&mut maker), &made));
    assert!(Ptr::ptr_eq(&stage.map.get(&1).unwrap(), &made));
}

#[test]
fn threads_and_tasks_do_not_wait_for_each_other() {
    let stage = Stage::default();
    let factory = stage.factory("one");
    let mut maker = stage.call(1, &factory);
    assert!(maker.poll().is_pending());
    // It would never return if it waited for the task, which this thread has to poll.
    let inserted = stage.map.get_or_insert_with(stage.key(1), || owner(1));
    factory.put(owner(2));
    assert!(Ptr::ptr_eq(&ready(&mut maker), &inserted));

    // And the other way round.
    let made = owner(4);
    let returned = stage.map.get_or_insert_with(stage.key(2), || {
        let call = stage.map.get_or_insert_with_async(stage.key(2), at_once(made.clone()));
        assert!(Ptr::ptr_eq(&block_on(call), &made));
        owner(5)
    });
    assert!(Ptr::ptr_eq(&returned, &made));
}

#[test]
fn a_factory_may_use_the_map_for_other_keys() {
    let stage = Stage::default();
    let map = &stage.map;
    let value = block_on(map.get_or_insert_with_async(stage.key(1), async {
        let two = map.get_or_insert_with_async(stage.key(2), async {
            map.get_or_insert_with(stage.key(3), || owner(3))
        });
        let two = two.await;
        assert!(Ptr::ptr_eq(&map.get(&2).unwrap(), &two));
        map.insert(stage.key(4), &two);
        two
    }));
    assert!([1, 2, 3, 4].iter().all(|key| Ptr::ptr_eq(&map.get(key).unwrap(), &value)));
    assert_eq!((**value, stage.keys.count()), (3, 4));
    drop(value);
    stage.assert_empty();
}

#[test]
fn a_map_grows_beside_a_flight_and_after_it() {
    let stage = Stage::default();
    let factory = stage.factory("one");
    let mut maker = stage.call(1_000_000, &factory);
    assert!(maker.poll().is_pending());
    let values: Vec<_> = (0..200).map(owner).collect();
    for (key, value) in (0..).zip(&values) {
        stage.map.insert(stage.key(key), value);
    }
    let made = owner(7);
    factory.put(made.clone());
    assert!(Ptr::ptr_eq(&ready(&mut maker), &made));
    stage.map.insert(stage.key(1_000_001), &made);
    assert_eq!(stage.map.len(), 202);
}

#[test]
fn a_call_is_over_once_it_has_returned() {
    let stage = Stage::default();
    let [factory, idle] = ["one", "idle"].map(|name| stage.factory(name));
    let mut maker = stage.call(1, &factory);
    assert!(maker.poll().is_pending());
    factory.put(owner(7));
    // The map does not own it, so the next call begins again.
    drop(ready(&mut maker));
    assert!(stage.map.is_empty());
    assert_eq!(stage.keys.count(), 0, "neither the map nor the call has a key");
    assert!(matches!(stage.call(1, &idle).poll(), Poll::Pending));
    assert_eq!(
        stage.log.take(),
        ["one begins", "one is dropped", "idle begins", "idle is dropped"]
    );
}
