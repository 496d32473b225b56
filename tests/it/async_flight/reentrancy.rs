//! Calls in the middle of others: in a search, in a removal listener.

use std::{
    future::{Future, poll_fn, ready as at_once},
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use weakref_core::WeakValueMap;
use weakref_tests::{Call, Key, Log, REENTRY, SameHash, Task, assert_panics, block_on, once};

use super::{Obj, Ptr, Shelf, owner};

type Value = Ptr<Obj<u32>>;
type Map = WeakValueMap<Key, Obj<u32>, SameHash>;
type Asked = Task<Pin<Box<dyn Future<Output = Value>>>>;

/// A map with a flight for one key, a call that waits for it, and another entry.
struct Stage {
    map: Ptr<Map>,
    /// What the factory returns.
    results: Shelf<Value>,
    maker: Asked,
    waiter: Asked,
    /// The only owner of another entry.
    other: Value,
}

fn ask(map: &Ptr<Map>, make: impl Future<Output = Value> + 'static) -> Asked {
    let map = Ptr::clone(map);
    Task::new(Box::pin(async move { map.get_or_insert_with_async(Key(1), make).await }))
}

impl Stage {
    fn new() -> Self {
        let (map, results, other) = (Ptr::new(Map::default()), Shelf::new([]), owner(2));
        map.insert(Key(2), &other);
        let shelf = results.clone();
        let make = poll_fn(move |_| shelf.take().pop().map_or(Poll::Pending, Poll::Ready));
        let mut maker = ask(&map, make);
        assert!(maker.poll().is_pending());
        let mut waiter = ask(&map, at_once(owner(7)));
        assert!(waiter.poll().is_pending());
        Self { map, results, maker, waiter, other }
    }

    /// Has a listener note each removal, and whether the waiter has been woken by then.
    fn log_removals(&self) -> Log {
        let (log, alarm) = (Log::default(), Arc::clone(&self.waiter.alarm));
        let noted = log.clone();
        self.map.on_removal(move |key: &Key, _| {
            // The task has one, and this closure.
            let is_woken = Arc::strong_count(&alarm) == 2;
            noted.note(format!("{} {is_woken}", key.0));
        });
        log
    }
}

#[test]
fn a_flight_that_is_dropped_in_the_middle_of_a_search() {
    let Stage { map, maker, mut waiter, other: _other, .. } = Stage::new();
    let _until = once(Call::KeyEq, move |_| drop(maker));
    assert!(map.get(&Key(3)).is_none());
    assert_eq!(waiter.wakes(), 1);
    assert!(waiter.poll().is_ready());
}

#[test]
fn a_flight_that_goes_on_in_the_middle_of_a_search() {
    let Stage { map, mut maker, mut waiter, results, other: _other } = Stage::new();
    let made = owner(1);
    results.put(made.clone());
    let _until = once(Call::KeyEq, move |_| assert_panics(REENTRY, || maker.poll()));
    assert!(map.get(&Key(3)).is_none());
    assert_eq!((waiter.wakes(), Ptr::strong_count(&made)), (1, 1));
    assert!(waiter.poll().is_ready(), "it has its turn");
}

#[test]
fn a_flight_that_begins_in_the_middle_of_a_search() {
    let Stage { map, other: _other, .. } = Stage::new();
    let (this, log) = (Ptr::clone(&map), Log::default());
    let noted = log.clone();
    let _until = once(Call::KeyEq, move |_| {
        assert_panics(REENTRY, || ask(&this, at_once(owner(1))).poll());
        noted.note("panicked");
    });
    assert!(map.get(&Key(3)).is_none());
    assert_eq!(log.take(), ["panicked"]);
}

#[test]
fn an_eq_that_panics_in_the_insertion_hands_over() {
    let Stage { map, mut maker, mut waiter, results, other } = Stage::new();
    let made = owner(1);
    results.put(made.clone());
    let until = once(Call::KeyEq, |_| panic!("no key"));
    assert_panics("no key", || maker.poll());
    drop(until);
    assert_eq!((waiter.wakes(), Ptr::strong_count(&made)), (1, 1));
    assert!(waiter.poll().is_ready());
    assert!(Ptr::ptr_eq(&map.get(&Key(2)).unwrap(), &other));
}

/// A listener may wait for a thread that waits for the flight.
#[test]
fn those_who_wait_are_woken_before_listeners_run() {
    let stage = Stage::new();
    let log = stage.log_removals();
    let Stage { mut maker, mut waiter, results, other, .. } = stage;
    results.put(owner(1));
    let _until = once(Call::KeyEq, move |_| drop(other));
    assert!(maker.poll().is_ready());
    assert_eq!(log.take(), ["2 true"]);
    assert!(waiter.wakes() == 1 && waiter.poll().is_ready());
}

#[test]
fn they_are_also_woken_first_of_a_flight_that_fails() {
    let stage = Stage::new();
    let log = stage.log_removals();
    let Stage { map, maker, mut waiter, other, .. } = stage;
    let _until = once(Call::KeyEq, move |_| drop((other, maker)));
    assert!(map.get(&Key(3)).is_none());
    assert_eq!(log.take(), ["2 true"]);
    assert!(waiter.wakes() == 1 && waiter.poll().is_ready());
}

#[test]
fn a_listener_may_ask_for_what_a_flight_begins_to_make() {
    let (map, other, kept) = (Ptr::new(Map::default()), owner(2), Shelf::new([]));
    map.insert(Key(2), &other);
    let (this, shelf) = (Ptr::downgrade(&map), kept.clone());
    map.on_removal(move |_: &Key, _| {
        let map = this.upgrade().unwrap();
        shelf.put(block_on(map.get_or_insert_with_async(Key(1), at_once(owner(1)))));
    });
    // It is called when the call that begins the flight unlocks.
    let _until = once(Call::KeyEq, move |_| drop(other));
    let found = block_on(map.get_or_insert_with_async(Key(1), async { unreachable!() }));
    let made = kept.take();
    assert!(made.len() == 1 && Ptr::ptr_eq(&made[0], &found));
}
