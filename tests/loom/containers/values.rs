//! The values that a map owns, each with a lock of its own.

use std::sync::Arc;

use super::{
    super::{Meeting, Value, check, value},
    Notes, Outcomes,
};

/// Runs `one` and `other` beside each other with the value under one key, which is 10.
fn at_one_value<R, T>(
    preemptions: usize,
    one: fn(&Notes, &Value) -> R,
    other: fn(&Notes, &Value) -> T,
    afterwards: impl Fn(&Notes, &Value, &R, &T) + Send + Sync + 'static,
) where
    R: Ord + Send + 'static,
    T: Ord + Send + 'static,
{
    let outcomes = Outcomes::new();
    let all = outcomes.clone();
    check(preemptions, move || {
        let (notes, key) = (Notes::new(), value(1));
        notes.insert(&key, 10);
        let others = (Arc::clone(&notes), Arc::clone(&key));
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || one(&others.0, &others.1));
        let second = meeting.run(|| other(&notes, &key));
        let first = thread.join().unwrap();
        afterwards(&notes, &key, &first, &second);
        outcomes.note((first, second));
        drop(key);
        notes.assert_len(0);
    });
    all.assert_several();
}

#[test]
fn a_look_and_a_change() {
    at_one_value(5, Notes::look, Notes::add, |notes, key, &seen, &changed| {
        assert!(seen == Some(10) || seen == Some(11));
        assert_eq!((changed, notes.look(key)), (Some(11), Some(11)));
    });
}

#[test]
fn two_changes() {
    at_one_value(5, Notes::add, Notes::add, |notes, key, &one, &two| {
        assert!([one, two] == [Some(11), Some(12)] || [two, one] == [Some(11), Some(12)]);
        assert_eq!(notes.look(key), Some(12), "none is lost");
    });
}

fn remove(notes: &Notes, key: &Value) -> Option<u32> {
    notes.map.remove(key).map(|value| value.0)
}

#[test]
fn a_change_and_remove() {
    at_one_value(5, Notes::add, remove, |notes, _, &changed, &removed| {
        assert!(changed.is_none_or(|number| number == 11));
        assert_eq!(removed, Some(changed.unwrap_or(10)));
        notes.assert_len(0);
    });
}

#[test]
fn a_look_and_remove() {
    at_one_value(5, Notes::look, remove, |notes, _, &seen, &removed| {
        assert!(seen.is_none_or(|number| number == 10));
        assert_eq!(removed, Some(10));
        notes.assert_len(0);
    });
}

#[test]
fn two_removals() {
    at_one_value(5, remove, remove, |notes, _, &one, &two| {
        assert!([one, two] == [Some(10), None] || [two, one] == [Some(10), None]);
        notes.assert_len(0);
    });
}

#[test]
fn a_change_and_drain() {
    let drain =
        |notes: &Notes, _: &Value| notes.map.drain().map(|(_, value)| value.0).collect::<Vec<_>>();
    at_one_value(5, Notes::add, drain, |notes, _, &changed, drained| {
        assert_eq!(drained, &[changed.unwrap_or(10)]);
        notes.assert_len(0);
    });
}

#[test]
fn three_at_one_value() {
    check(2, || {
        let (notes, key) = (Notes::new(), value(1));
        notes.insert(&key, 10);
        let threads = [Notes::add, Notes::look].map(|act| {
            let others = (Arc::clone(&notes), Arc::clone(&key));
            loom::thread::spawn(move || act(&others.0, &others.1))
        });
        let removed = remove(&notes, &key);
        let [changed, seen] = threads.map(|thread| thread.join().unwrap());
        assert_eq!(removed, Some(changed.unwrap_or(10)));
        assert!(seen.is_none_or(|number| number == 10 || Some(number) == changed));
        notes.assert_len(0);
    });
}

#[test]
fn a_look_beside_remove_and_the_death_of_the_key() {
    check(3, || {
        let (notes, equal) = (Notes::new(), value(1));
        let doomed = value(1);
        notes.insert(&doomed, 10);
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(doomed));
        let looking = meeting.spawn({
            let (notes, equal) = (Arc::clone(&notes), Arc::clone(&equal));
            move || notes.look(&equal)
        });
        let removed = meeting.run(|| remove(&notes, &equal));
        let seen = looking.join().unwrap();
        death.join().unwrap();
        assert!(seen.is_none_or(|number| number == 10));
        assert!(removed.is_none_or(|number| number == 10));
        notes.assert_len(0);
    });
}
