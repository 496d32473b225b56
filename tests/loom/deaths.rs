//! A death beside what a map does.

use std::sync::Arc;

use weakref_core::weakref_count;

use super::{Meeting, Stage, check, value};

/// Runs `other` beside the drop of the last owner of the value under 1. Returns the map afterwards.
fn beside_a_death<R: 'static>(
    other: fn(&Stage) -> R,
    afterwards: impl Fn(&Stage, R) + Send + Sync + 'static,
) {
    check(3, move || {
        let stage = Stage::new();
        let doomed = value(1);
        stage.insert(1, &doomed);
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(doomed));
        let result = meeting.run(|| other(&stage));
        death.join().unwrap();
        afterwards(&stage, result);
        stage.assert_empty();
    });
}

#[test]
fn a_death_and_get() {
    beside_a_death(
        |stage| stage.map.get(&1),
        |stage, found| {
            assert!(found.as_ref().is_none_or(|found| ***found == 1));
            assert_eq!(stage.map.len(), usize::from(found.is_some()));
        },
    );
}

#[test]
fn a_death_and_insert_of_another_value() {
    beside_a_death(
        |stage| {
            let newer = value(2);
            let replaced = stage.insert(1, &newer);
            assert!(replaced.is_none_or(|old| **old == 1));
            newer
        },
        |stage, newer| {
            assert!(Arc::ptr_eq(&stage.map.get(&1).unwrap(), &newer));
            assert_eq!((stage.map.len(), stage.keys(), weakref_count(&newer)), (1, 1, 1));
        },
    );
}

#[test]
fn a_death_and_insert_beside_it() {
    beside_a_death(
        |stage| {
            let other = value(2);
            stage.insert(2, &other);
            other
        },
        |stage, other| {
            assert!(Arc::ptr_eq(&stage.map.get(&2).unwrap(), &other));
            assert_eq!((stage.map.len(), stage.keys()), (1, 1));
        },
    );
}

#[test]
fn a_death_and_remove() {
    beside_a_death(
        |stage| stage.map.remove(&1),
        |stage, removed| {
            assert!(removed.is_none_or(|removed| **removed == 1));
            stage.assert_empty();
        },
    );
}

#[test]
fn a_death_and_clear() {
    beside_a_death(|stage| stage.map.clear(), |stage, ()| stage.assert_empty());
}

#[test]
fn a_death_and_a_visit() {
    beside_a_death(
        |stage| {
            let mut seen = 0;
            stage.map.for_each(|key, value| {
                assert_eq!((key.0, ***value), (1, 1));
                seen += 1;
            });
            assert!(seen < 2);
        },
        |stage, ()| stage.assert_empty(),
    );
}

#[test]
fn a_death_and_remove_entry_in_a_visit() {
    beside_a_death(
        |stage| stage.map.retain(|key, _| stage.map.remove_entry(&key.0).is_none()),
        |stage, ()| stage.assert_empty(),
    );
}

#[test]
fn a_death_and_a_factory() {
    beside_a_death(
        |stage| stage.map.get_or_insert_with(stage.key(1), || value(2)),
        |stage, got| {
            assert!(**got == 1 || **got == 2);
            assert!(Arc::ptr_eq(&stage.map.get(&1).unwrap(), &got));
            assert_eq!((stage.map.len(), stage.keys()), (1, 1));
        },
    );
}

#[test]
fn a_death_and_the_drop_of_the_map() {
    check(3, || {
        let Ok(stage) = Arc::try_unwrap(Stage::new()) else { unreachable!() };
        let values = [value(1), value(2)];
        stage.insert(1, &values[0]);
        stage.insert(2, &values[1]);
        let [doomed, kept] = values;
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(doomed));
        let Stage { map, keys } = stage;
        meeting.run(|| drop(map));
        death.join().unwrap();
        assert_eq!(keys.count(), 0);
        assert_eq!(weakref_count(&kept), 0);
    });
}

#[test]
fn two_deaths() {
    check(3, || {
        let stage = Stage::new();
        let values = [value(1), value(2)];
        stage.insert(1, &values[0]);
        stage.insert(2, &values[1]);
        let [one, two] = values;
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(one));
        meeting.run(|| drop(two));
        death.join().unwrap();
        stage.assert_empty();
    });
}

#[test]
fn two_owners_of_a_value_under_two_keys() {
    check(3, || {
        let stage = Stage::new();
        let one = value(1);
        stage.insert(1, &one);
        stage.insert(2, &one);
        let two = Arc::clone(&one);
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(one));
        meeting.run(|| drop(two));
        death.join().unwrap();
        stage.assert_empty();
    });
}

#[test]
fn insert_and_remove_of_the_same_value() {
    check(3, || {
        let stage = Stage::new();
        let one = value(1);
        stage.insert(1, &one);
        let other = (Arc::clone(&stage), Arc::clone(&one));
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || drop(other.0.insert(2, &other.1)));
        let removed = meeting.run(|| stage.map.remove(&1));
        assert!(Arc::ptr_eq(&removed.unwrap(), &one));
        thread.join().unwrap();
        assert_eq!((stage.map.len(), stage.keys(), weakref_count(&one)), (1, 1, 1));
        drop(one);
        stage.assert_empty();
    });
}
