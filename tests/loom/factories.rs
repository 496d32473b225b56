//! `get_or_insert_with` by two threads.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::{Meeting, Stage, check, value};

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
