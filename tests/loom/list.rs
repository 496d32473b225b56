//! Lists: deaths beside walks, beside removals, and beside the end of the list.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use weakref_core::{ListKey, WeakList, clear_weakrefs, weakref_count};

use super::{Meeting, Value, check, value};

type List = WeakList<Value>;

/// What has come out of a model, in all orders together.
#[derive(Clone, Default)]
struct Outcomes(Arc<Mutex<BTreeSet<usize>>>);

impl Outcomes {
    fn note(&self, outcome: usize) {
        self.0.lock().unwrap().insert(outcome);
    }

    /// Asserts that the order made a difference, and that these came out.
    #[track_caller]
    fn assert_are(&self, expected: &[usize]) {
        assert!(self.0.lock().unwrap().iter().eq(expected), "{:?}", self.0.lock().unwrap());
    }
}

fn list() -> Arc<List> {
    let list = List::new();
    // Loom does not know the list's atomics before they are used.
    assert!(list.is_empty());
    Arc::new(list)
}

fn numbers(list: &List) -> Vec<u32> {
    list.iter().map(|number| **number).collect()
}

/// Runs `other` beside the drop of the last owner of the second of three elements.
fn beside_a_death(
    preemptions: usize,
    other: fn(&List, ListKey, &Arc<Value>) -> usize,
    left: &'static [u32],
    expected: &[usize],
) {
    let outcomes = Outcomes::default();
    let all = outcomes.clone();
    check(preemptions, move || {
        let (list, owners, doomed) = (list(), [1, 3].map(value), value(2));
        list.push(&owners[0]);
        let key = list.push(&doomed);
        list.push(&owners[1]);
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(doomed));
        outcomes.note(meeting.run(|| other(&list, key, &owners[0])));
        death.join().unwrap();
        assert_eq!((numbers(&list), list.len()), (left.to_vec(), left.len()));
        assert!(!list.contains_key(key));
        drop(owners);
        assert!(list.is_empty());
    });
    all.assert_are(expected);
}

#[test]
fn a_death_and_a_walk() {
    beside_a_death(
        4,
        |list, _, _| {
            let mut shown = Vec::new();
            list.for_each(|number| shown.push(***number));
            assert!(shown == [1, 2, 3] || shown == [1, 3]);
            shown.len()
        },
        &[1, 3],
        &[2, 3],
    );
}

#[test]
fn a_death_and_a_walk_that_sweeps() {
    beside_a_death(
        4,
        |list, _, _| {
            let mut shown = 0;
            list.retain(|_| {
                shown += 1;
                true
            });
            shown
        },
        &[1, 3],
        &[2, 3],
    );
}

#[test]
fn a_death_and_a_removal() {
    beside_a_death(4, |list, key, _| usize::from(list.remove(key).is_some()), &[1, 3], &[0, 1]);
}

#[test]
fn a_death_and_an_insertion_after_it() {
    let outcomes = Outcomes::default();
    let all = outcomes.clone();
    check(4, move || {
        let (list, doomed, other) = (list(), value(1), value(2));
        let key = list.push(&doomed);
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(doomed));
        let inserted = meeting.run(|| list.insert_after(key, &other));
        death.join().unwrap();
        outcomes.note(usize::from(inserted.is_some()));
        assert_eq!(list.len(), usize::from(inserted.is_some()));
        assert_eq!(list.len(), weakref_count(&other));
    });
    all.assert_are(&[0, 1]);
}

/// The new element must not take the entry of one whose death is on its way.
#[test]
fn a_death_beside_a_removal_and_an_insertion() {
    check(4, || {
        let (list, doomed, other) = (list(), value(1), value(2));
        let key = list.push(&doomed);
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(doomed));
        let new = meeting.run(|| {
            list.remove(key);
            list.push(&other)
        });
        death.join().unwrap();
        assert!(list.get(key).is_none());
        assert!(list.get(new).is_some_and(|found| Arc::ptr_eq(&found, &other)));
        assert_eq!((list.len(), weakref_count(&other)), (1, 1));
    });
}

#[test]
fn two_deaths() {
    check(4, || {
        let (list, stays) = (list(), value(2));
        let doomed = [1, 3].map(value);
        list.push(&doomed[0]);
        list.push(&stays);
        list.push(&doomed[1]);
        let [one, two] = doomed;
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(one));
        meeting.run(|| drop(two));
        death.join().unwrap();
        assert_eq!((numbers(&list), list.len()), (vec![2], 1));
    });
}

#[test]
fn two_deaths_beside_a_walk() {
    check(2, || {
        let list = list();
        let doomed = [1, 2].map(value);
        doomed.iter().for_each(|owner| _ = list.push(owner));
        let meeting = Meeting::new();
        let deaths = doomed.map(|owner| meeting.spawn(move || drop(owner)));
        let shown = meeting.run(|| numbers(&list));
        assert!(shown.is_sorted());
        for death in deaths {
            death.join().unwrap();
        }
        assert!(list.is_empty());
    });
}

#[test]
fn a_death_and_the_drop_of_the_list() {
    check(5, || {
        let list = List::new();
        let (doomed, stays) = (value(1), value(2));
        list.push(&doomed);
        list.push(&stays);
        list.push(&doomed);
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(doomed));
        meeting.run(|| drop(list));
        death.join().unwrap();
        assert_eq!(weakref_count(&stays), 0);
    });
}

#[test]
fn two_deaths_and_the_drop_of_the_list() {
    check(2, || {
        let list = List::new();
        let doomed = [1, 2].map(value);
        doomed.iter().for_each(|owner| _ = list.push(owner));
        let meeting = Meeting::new();
        let deaths = doomed.map(|owner| meeting.spawn(move || drop(owner)));
        meeting.run(|| drop(list));
        for death in deaths {
            death.join().unwrap();
        }
    });
}

#[test]
fn two_first_insertions() {
    check(4, || {
        let (list, owners) = (list(), [1, 2].map(value));
        let (other, owner) = (Arc::clone(&list), Arc::clone(&owners[1]));
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || other.push(&owner));
        let one = meeting.run(|| list.push(&owners[0]));
        let two = thread.join().unwrap();
        assert_eq!(list.len(), 2);
        assert!(list.get(one).is_some_and(|found| Arc::ptr_eq(&found, &owners[0])));
        assert!(list.get(two).is_some_and(|found| Arc::ptr_eq(&found, &owners[1])));
    });
}

/// A removal that has returned is seen by a walk, whoever performs it.
#[test]
fn a_clear_of_weak_references_and_a_walk() {
    use std::sync::atomic::Ordering;

    let outcomes = Outcomes::default();
    let all = outcomes.clone();
    check(3, move || {
        let (list, owners) = (list(), [1, 2].map(value));
        owners.iter().for_each(|owner| _ = list.push(owner));
        let cleared = loom::sync::Arc::new(loom::sync::atomic::AtomicBool::new(false));
        let thread = loom::thread::spawn({
            let (cleared, owner) = (loom::sync::Arc::clone(&cleared), Arc::clone(&owners[1]));
            move || {
                clear_weakrefs(&owner);
                cleared.store(true, Ordering::Release);
            }
        });
        let mut shown = Vec::new();
        let mut was_cleared = false;
        list.for_each(|number| {
            if ***number == 2 {
                assert!(!was_cleared, "it had been removed before its turn");
            }
            was_cleared = cleared.load(Ordering::Acquire);
            shown.push(***number);
        });
        thread.join().unwrap();
        outcomes.note(shown.len());
        assert_eq!((numbers(&list), list.len()), (vec![1], 1));
    });
    all.assert_are(&[1, 2]);
}
