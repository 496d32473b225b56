//! References with callbacks, and the slot that they share.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use weakref_core::{WeakRef, clear_weakrefs, weakref_count, weakrefs};

use super::{Meeting, Stage, Value, check, value};

/// A callback that counts how often it has run, and whose life is counted.
fn counting(calls: &Arc<AtomicUsize>) -> impl FnOnce(&WeakRef<Value>) + Send + use<> {
    let calls = Arc::clone(calls);
    move |dead| {
        assert!(dead.is_dead() && dead.upgrade().is_none());
        calls.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_death_and_the_drop_of_the_reference() {
    check(3, || {
        let calls = Arc::new(AtomicUsize::new(0));
        let owner = value(1);
        let weak = WeakRef::with_callback(&owner, counting(&calls));
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(owner));
        meeting.run(|| drop(weak));
        death.join().unwrap();
        assert!(calls.load(Ordering::Relaxed) <= 1);
        assert_eq!(Arc::strong_count(&calls), 1, "the callback is gone");
    });
}

#[test]
fn a_death_and_detach() {
    check(3, || {
        let calls = Arc::new(AtomicUsize::new(0));
        let owner = value(1);
        let (first, second) = (
            WeakRef::with_callback(&owner, counting(&calls)),
            WeakRef::with_callback(&owner, counting(&calls)),
        );
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(owner));
        meeting.run(|| first.detach());
        death.join().unwrap();
        assert!((1..=2).contains(&calls.load(Ordering::Relaxed)));
        assert_eq!(Arc::strong_count(&calls), 1, "the callbacks are gone");
        assert!(first.is_dead() && second.is_dead());
    });
}

#[test]
fn registering_and_taking_back() {
    check(3, || {
        let calls = Arc::new(AtomicUsize::new(0));
        let owner = value(1);
        let first = WeakRef::with_callback(&owner, counting(&calls));
        let other = (Arc::clone(&owner), Arc::clone(&calls));
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || WeakRef::with_callback(&other.0, counting(&other.1)));
        meeting.run(|| drop(first));
        let third = WeakRef::with_callback(&owner, counting(&calls));
        let second = thread.join().unwrap();
        assert_eq!(weakref_count(&owner), 2);
        assert_eq!(weakrefs(&owner).len(), 2);
        drop(owner);
        assert_eq!((calls.load(Ordering::Relaxed), Arc::strong_count(&calls)), (2, 1));
        drop((second, third));
    });
}

#[test]
fn clearing_and_the_drop_of_the_map() {
    check(3, || {
        let Ok(stage) = Arc::try_unwrap(Stage::new()) else { unreachable!() };
        let owner = value(1);
        stage.insert(1, &owner);
        let other = Arc::clone(&owner);
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || clear_weakrefs(&other));
        let Stage { map, keys } = stage;
        meeting.run(|| drop(map));
        thread.join().unwrap();
        assert_eq!((weakref_count(&owner), keys.count()), (0, 0));
    });
}

#[test]
fn upgrading_and_a_death() {
    check(3, || {
        let stage = Stage::new();
        let owner = value(1);
        stage.insert(1, &owner);
        let weak = WeakRef::new(&owner);
        let other = Arc::clone(&stage);
        let meeting = Meeting::new();
        let inner = meeting.clone();
        let thread = meeting.spawn(move || {
            let found = weak.upgrade();
            assert!(found.as_ref().is_none_or(|found| ***found == 1));
            inner.touch();
            // This may be the last owner.
            drop(found);
            inner.touch();
            other.map.len()
        });
        meeting.run(|| drop(owner));
        assert!(thread.join().unwrap() <= 1);
        stage.assert_empty();
    });
}
