//! Calls that are dropped, that fail or that panic, at each point where they can be.

use std::{future::poll_fn, task::Poll};

use weakref_core::Slotted;
use weakref_tests::{OOPS, Task, Unraisables, panic_of};

use super::{
    Obj, Ptr,
    factory::{Call, Stage, ready},
    owner,
};

/// Returns calls for one key, of which the first runs its factory.
fn waiting<'a>(stage: &'a Stage, names: &[&'static str]) -> Vec<Call<'a>> {
    let waiting = |&name: &&'static str| {
        let factory = stage.factory(name);
        let mut call = stage.call(1, &factory);
        assert!(call.poll().is_pending());
        call
    };
    let calls = names.iter().map(waiting).collect();
    assert_eq!(stage.log.take(), [format!("{} begins", names[0])]);
    calls
}

#[test]
fn a_flight_that_is_dropped_hands_over_to_one_who_waits() {
    let stage = Stage::default();
    let mut calls = waiting(&stage, &["one", "two", "three", "four"]);
    drop(calls.remove(0));
    assert_eq!(stage.log.take(), ["one is dropped"]);
    assert_eq!(stage.keys.count(), 3, "its key is gone");
    assert!(calls.iter().all(|call| call.wakes() == 1));
    // The first that is polled, whichever it is.
    assert!(calls[1].poll().is_pending());
    assert_eq!(stage.log.take(), ["three begins"]);
    assert!(calls[0].poll().is_pending() && calls[2].poll().is_pending());
    assert!(stage.log.take().is_empty(), "the others wait for it");
    drop(calls.remove(1));
    assert!(calls.iter().all(|call| call.wakes() == 1));
    assert!(calls[0].poll().is_pending() && calls[1].poll().is_pending());
    assert_eq!(stage.log.take(), ["three is dropped", "two begins"]);
    drop(calls);
    stage.log.take();
    stage.assert_empty();
}

/// Nobody depends on one of them: neither that it is polled nor that it is dropped.
#[test]
fn a_call_that_was_woken_and_is_not_polled_keeps_nobody_waiting() {
    let stage = Stage::default();
    let mut calls = waiting(&stage, &["one", "two", "three"]);
    drop(calls.remove(0));
    assert!(calls[1].wakes() == 1 && calls[1].poll().is_pending());
    assert_eq!(stage.log.take(), ["one is dropped", "three begins"]);
    drop(calls.remove(0));
    assert_eq!(calls[0].wakes(), 0);
    assert_eq!(stage.log.take(), ["two is dropped"]);
}

#[test]
fn a_call_that_waits_and_is_dropped_is_forgotten() {
    let stage = Stage::default();
    let factory = stage.factory("one");
    let mut maker = stage.call(1, &factory);
    assert!(maker.poll().is_pending());
    let idle = stage.factory("idle");
    let [gone, mut stays] = [(); 2].map(|()| {
        let mut call = stage.call(1, &idle);
        assert!(call.poll().is_pending());
        call
    });
    let alarm = gone.alarm.clone();
    drop(gone);
    assert_eq!(std::sync::Arc::strong_count(&alarm), 1, "its waker is gone");
    factory.put(owner(7));
    let value = ready(&mut maker);
    assert_eq!(stays.wakes(), 1);
    assert!(Ptr::ptr_eq(&ready(&mut stays), &value));
}

#[test]
fn a_call_that_is_dropped_before_it_fetches_the_value_drops_it() {
    let stage = Stage::default();
    let factory = stage.factory("one");
    let idle = stage.factory("idle");
    let mut maker = stage.call(1, &factory);
    let mut waiter = stage.call(1, &idle);
    assert!(maker.poll().is_pending() && waiter.poll().is_pending());
    factory.put(owner(7));
    drop(ready(&mut maker));
    assert_eq!(stage.map.len(), 1, "the one that waits has it");
    drop(waiter);
    stage.log.take();
    stage.assert_empty();
}

#[test]
fn an_error_is_returned_once_and_the_next_has_its_turn() {
    let stage = Stage::default();
    let factories = ["one", "two", "three"].map(|name| stage.factory::<Result<_, u32>>(name));
    let mut calls = factories.each_ref().map(|factory| stage.try_call(1, factory));
    assert!(calls.iter_mut().all(|call| call.poll().is_pending()));
    factories[0].put(Err(7));
    assert_eq!(ready(&mut calls[0]), Err(7));
    assert_eq!(calls.each_ref().map(Task::wakes), [0, 1, 1]);
    assert!(calls[1].poll().is_pending() && calls[2].poll().is_pending());
    assert_eq!(stage.log.take(), ["one begins", "one is dropped", "two begins"]);
    let value = owner(7);
    factories[1].put(Ok(value.clone()));
    assert!(Ptr::ptr_eq(&ready(&mut calls[1]).unwrap(), &value));
    assert!(Ptr::ptr_eq(&ready(&mut calls[2]).unwrap(), &value));
}

#[test]
fn a_panic_poisons_nothing() {
    let stage = Stage::default();
    let mut polls = 0;
    let make = poll_fn(|_| {
        polls += 1;
        assert!(polls < 2, "{OOPS}");
        Poll::Pending
    });
    let mut panics = Task::new(Box::pin(stage.map.get_or_insert_with_async(stage.key(1), make)));
    assert!(panics.poll().is_pending());
    let factory = stage.factory("two");
    let mut waiter = stage.call(1, &factory);
    assert!(waiter.poll().is_pending());
    assert_eq!(panic_of(|| panics.poll()), OOPS);
    assert_eq!(waiter.wakes(), 1);
    assert_eq!(stage.keys.count(), 1, "its key is gone");
    assert!(waiter.poll().is_pending());
    assert_eq!(stage.log.take(), ["two begins"]);
    let value = owner(7);
    factory.put(value.clone());
    assert!(Ptr::ptr_eq(&ready(&mut waiter), &value));
    drop((panics, waiter, value));
    stage.log.take();
    stage.assert_empty();
}

#[test]
fn each_of_many_calls_is_dropped_in_turn() {
    let stage = Stage::default();
    let idle = stage.factory("idle");
    let mut calls: Vec<_> = (0..100).map(|_| stage.call(1, &idle)).collect();
    while !calls.is_empty() {
        assert!(calls.iter_mut().all(|call| call.poll().is_pending()));
        assert_eq!(stage.log.take().iter().filter(|line| *line == "idle begins").count(), 1);
        drop(calls.remove(0));
        assert!(calls.iter().all(|call| call.wakes() == 1));
    }
    stage.log.take();
    stage.assert_empty();
}

/// What a factory makes is dropped, where nobody takes it.
#[test]
fn a_value_that_panics_as_it_is_dropped_leaves_the_map_whole() {
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("{OOPS}");
        }
    }

    type Value = Ptr<Obj<Option<Bomb>>>;

    let unraisables = Unraisables::listen();
    let map = weakref_core::WeakValueMap::<u32, Obj<Option<Bomb>>>::default();
    let inserted: Value = Ptr::new(Slotted::new(None));
    let make = async {
        map.insert(1, &inserted);
        Ptr::new(Slotted::new(Some(Bomb)))
    };
    let mut call = Task::new(Box::pin(map.get_or_insert_with_async(1, make)));
    assert_eq!(panic_of(|| call.poll()), OOPS, "of the value that is not needed");
    assert!(Ptr::ptr_eq(&map.get(&1).unwrap(), &inserted));
    assert_eq!(Ptr::strong_count(&inserted), 1, "nothing leaks");
    drop(call);
    let again = weakref_tests::block_on(map.get_or_insert_with_async(1, async { unreachable!() }));
    assert!(Ptr::ptr_eq(&again, &inserted));
    assert!(unraisables.take().is_empty());
}
