//! `get_or_insert_with` by two threads.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use loom::thread;
use weakref_tests::Task;

use super::{Meeting, Stage, Value, check, value};

#[test]
fn two_factories_for_one_key() {
    check(2, || {
        let stage = Stage::new();
        let made = Arc::new(AtomicUsize::new(0));
        let ask = |stage: &Stage, made: &AtomicUsize, number| {
            stage.map.get_or_insert_with(stage.key(1), || {
                made.fetch_add(1, Ordering::Relaxed);
                value(number)
            })
        };
        let other = (Arc::clone(&stage), Arc::clone(&made));
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || ask(&other.0, &other.1, 1));
        let one = meeting.run(|| ask(&stage, &made, 2));
        let two = thread.join().unwrap();
        assert!(Arc::ptr_eq(&one, &two));
        assert_eq!(made.load(Ordering::Relaxed), 1, "both were kept");
        drop((one, two));
        stage.assert_empty();
    });
}

#[test]
fn two_factories_of_which_one_fails() {
    check(2, || {
        let stage = Stage::new();
        let other = Arc::clone(&stage);
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || {
            let key = other.key(1);
            other.map.get_or_try_insert_with(key, || Err(()))
        });
        let key = stage.key(1);
        let one = meeting.run(|| stage.map.get_or_insert_with(key, || value(1)));
        let two = thread.join().unwrap();
        assert!(two.is_ok_and(|two| Arc::ptr_eq(&one, &two)) || **one == 1);
        assert!(Arc::ptr_eq(&stage.map.get(&1).unwrap(), &one));
        drop(one);
        stage.assert_empty();
    });
}

#[test]
fn a_factory_and_insert() {
    check(2, || {
        let stage = Stage::new();
        let inserted = value(1);
        let other = (Arc::clone(&stage), Arc::clone(&inserted));
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || other.0.insert(1, &other.1));
        let key = stage.key(1);
        let got = meeting.run(|| stage.map.get_or_insert_with(key, || value(2)));
        let replaced = thread.join().unwrap();
        assert!(Arc::ptr_eq(&stage.map.get(&1).unwrap(), &inserted), "what is inserted stays");
        assert_eq!(replaced.is_some(), !Arc::ptr_eq(&got, &inserted));
        drop((got, replaced, inserted));
        stage.assert_empty();
    });
}

/// Returns a call that makes a value at once, and counts that.
fn ask<'a>(
    stage: &'a Stage,
    made: &'a AtomicUsize,
    number: u32,
) -> Task<Pin<Box<dyn Future<Output = Arc<Value>> + 'a>>> {
    let make = async move {
        made.fetch_add(1, Ordering::Relaxed);
        value(number)
    };
    Task::new(Box::pin(stage.map.get_or_insert_with_async(stage.key(1), make)))
}

/// A future that is pending in the end must have been woken.
#[test]
fn two_futures_for_one_key() {
    check(2, || {
        let (stage, made) = (Stage::new(), Arc::new(AtomicUsize::new(0)));
        let other = (Arc::clone(&stage), Arc::clone(&made));
        let thread = thread::spawn(move || ask(&other.0, &other.1, 1).poll());
        let mut task = ask(&stage, &made, 2);
        let mut one = task.poll();
        let Poll::Ready(two) = thread.join().unwrap() else {
            // It has waited for this one, and is gone.
            assert!(one.is_ready());
            return;
        };
        if one.is_pending() {
            assert_eq!(task.wakes(), 1);
            one = task.poll();
        }
        let Poll::Ready(one) = one else { panic!("woken in vain") };
        assert!(Arc::ptr_eq(&one, &two));
        assert_eq!(made.load(Ordering::Relaxed), 1, "both were kept");
        drop((task, one, two));
        stage.assert_empty();
    });
}

#[test]
fn a_flight_that_is_dropped_and_one_who_begins_to_wait() {
    check(3, || {
        let (stage, made) = (Stage::new(), AtomicUsize::new(0));
        let other = Arc::clone(&stage);
        let make = || async move {
            let key = other.key(1);
            other.map.get_or_insert_with_async(key, std::future::pending()).await
        };
        let mut maker = Task::new(Box::pin(make()));
        assert!(maker.poll().is_pending());
        let thread = thread::spawn(move || drop(maker));
        let mut task = ask(&stage, &made, 1);
        let found = task.poll();
        thread.join().unwrap();
        assert!(found.is_ready() || task.wakes() == 1);
        assert!(found.is_ready() || task.poll().is_ready());
        drop((task, found));
        stage.assert_empty();
    });
}

#[test]
fn a_flight_that_is_dropped_and_one_who_goes_too() {
    check(3, || {
        let (stage, made) = (Stage::new(), AtomicUsize::new(0));
        let other = Arc::clone(&stage);
        let make = || async move {
            let key = other.key(1);
            other.map.get_or_insert_with_async(key, std::future::pending()).await
        };
        let mut maker = Task::new(Box::pin(make()));
        let [mut gone, mut stays] = [1, 2].map(|number| ask(&stage, &made, number));
        assert!(maker.poll().is_pending() && gone.poll().is_pending() && stays.poll().is_pending());
        let alarm = Arc::clone(&gone.alarm);
        let thread = thread::spawn(move || drop(maker));
        drop(gone);
        thread.join().unwrap();
        assert_eq!(Arc::strong_count(&alarm), 1, "its waker is gone");
        assert!(stays.wakes() == 1 && stays.poll().is_ready());
    });
}

/// The lock holder fails the flight.
#[test]
fn a_flight_that_is_dropped_beside_a_search() {
    check(3, || {
        let (stage, made) = (Stage::new(), AtomicUsize::new(0));
        let other = Arc::clone(&stage);
        let make = || async move {
            let key = other.key(1);
            other.map.get_or_insert_with_async(key, std::future::pending()).await
        };
        let mut maker = Task::new(Box::pin(make()));
        let mut task = ask(&stage, &made, 1);
        assert!(maker.poll().is_pending() && task.poll().is_pending());
        let thread = thread::spawn(move || drop(maker));
        assert!(stage.map.get(&2).is_none());
        thread.join().unwrap();
        assert!(task.wakes() == 1 && task.poll().is_ready());
    });
}

#[test]
fn a_future_and_a_thread_for_one_key() {
    check(2, || {
        let (stage, made) = (Stage::new(), AtomicUsize::new(0));
        let other = Arc::clone(&stage);
        let thread = thread::spawn(move || other.map.get_or_insert_with(other.key(1), || value(1)));
        let mut task = ask(&stage, &made, 2);
        let Poll::Ready(one) = task.poll() else { panic!("it waits for a thread") };
        let two = thread.join().unwrap();
        assert!(Arc::ptr_eq(&one, &two));
        drop((task, one, two));
        stage.assert_empty();
    });
}
