//! Wakers, which are the executor's code.

use std::{
    sync::{Arc, Mutex},
    task::{Wake, Waker},
};

use weakref_tests::{Alarm, Task, Unraisables};

use super::{
    Ptr,
    factory::{Stage, ready},
    owner,
};

#[test]
fn the_waker_of_the_last_poll_is_the_one_that_counts() {
    let stage = Stage::default();
    let [factory, idle] = ["one", "idle"].map(|name| stage.factory(name));
    let mut maker = stage.call(1, &factory);
    let mut waiter = stage.call(1, &idle);
    assert!(maker.poll().is_pending() && waiter.poll().is_pending());
    assert_eq!(Arc::strong_count(&waiter.alarm), 2);
    let later = Arc::new(Alarm::default());
    assert!(waiter.poll_with(&Waker::from(Arc::clone(&later))).is_pending());
    assert_eq!(Arc::strong_count(&waiter.alarm), 1, "the old one is gone");
    factory.put(owner(7));
    let value = ready(&mut maker);
    assert_eq!(waiter.wakes(), 0);
    waiter.alarm = later;
    assert_eq!(waiter.wakes(), 1);
    assert!(Ptr::ptr_eq(&ready(&mut waiter), &value));
    assert_eq!(Arc::strong_count(&waiter.alarm), 1);
}

#[test]
fn those_who_have_waited_longest_are_woken_first() {
    struct Notes(usize, Arc<Mutex<Vec<usize>>>);

    impl Wake for Notes {
        fn wake(self: Arc<Self>) {
            self.1.lock().unwrap().push(self.0);
        }
    }

    let stage = Stage::default();
    let idle = stage.factory("idle");
    let mut calls: Vec<_> = (0..20).map(|_| stage.call(1, &idle)).collect();
    let order = Arc::default();
    for (number, call) in calls.iter_mut().enumerate() {
        let waker = Waker::from(Arc::new(Notes(number, Arc::clone(&order))));
        assert!(call.poll_with(&waker).is_pending());
    }
    drop(calls.remove(0));
    assert!(order.lock().unwrap().iter().copied().eq(1..20));
}

/// Panics when it is woken, or when it is dropped.
struct Bomb(&'static str);

impl Wake for Bomb {
    fn wake(self: Arc<Self>) {
        assert_ne!(self.0, "woken");
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        assert_ne!(self.0, "dropped");
    }
}

#[test]
fn a_waker_that_panics_keeps_no_other_from_being_woken() {
    for when in ["woken", "dropped"] {
        for succeeds in [true, false] {
            let unraisables = Unraisables::listen();
            let stage = Stage::default();
            let [factory, idle] = ["one", "idle"].map(|name| stage.factory(name));
            let mut maker = stage.call(1, &factory);
            let mut waiters = [(); 2].map(|()| stage.call(1, &idle));
            assert!(maker.poll().is_pending());
            let bomb = Waker::from(Arc::new(Bomb(when)));
            assert!(waiters[0].poll_with(&bomb).is_pending() && waiters[1].poll().is_pending());
            drop(bomb);
            if succeeds {
                factory.put(owner(7));
                let value = ready(&mut maker);
                assert!(waiters.iter_mut().all(|call| Ptr::ptr_eq(&ready(call), &value)));
            } else {
                drop(maker);
            }
            assert_eq!(waiters[1].wakes(), 1);
            let seen = unraisables.take();
            assert!(seen.len() == 1 && seen[0].contains("Waker"), "{seen:?}");
        }
    }
}

#[test]
fn a_waker_that_panics_as_it_is_replaced_loses_nothing() {
    let unraisables = Unraisables::listen();
    let stage = Stage::default();
    let [factory, idle] = ["one", "idle"].map(|name| stage.factory(name));
    let mut maker = stage.call(1, &factory);
    let mut waiters = [(); 2].map(|()| stage.call(1, &idle));
    assert!(maker.poll().is_pending());
    for call in &mut waiters {
        assert!(call.poll_with(&Waker::from(Arc::new(Bomb("dropped")))).is_pending());
    }
    let [mut replaced, cancelled] = waiters;
    assert!(replaced.poll().is_pending());
    drop(cancelled);
    assert_eq!(unraisables.take().len(), 2);
    factory.put(owner(7));
    let value = ready(&mut maker);
    assert_eq!(replaced.wakes(), 1);
    assert!(Ptr::ptr_eq(&ready(&mut replaced), &value));
    assert_eq!(Task::wakes(&replaced), 0);
}
