//! Sets and maps of weak keys: deaths beside searches, the two halves of an entry, the values that a
//! map owns.

mod values;

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use weakref_core::{RemovalCause, WeakKeyMap, WeakSet, WeakWeakMap, weakref_count};
use weakref_tests::{Counted, SameHash, Tally};

use super::{Meeting, Value, check, value};

type Set = WeakSet<Value, SameHash>;
type KeyMap = WeakKeyMap<Value, Counted<u32>, SameHash>;
type PairMap = WeakWeakMap<Value, Value, SameHash>;

/// A map of keys, and the count of its values.
struct Notes {
    map: KeyMap,
    tokens: Tally,
}

impl Notes {
    fn new() -> Arc<Self> {
        let map = KeyMap::default();
        // Loom does not know the map's atomics before they are used.
        assert!(!map.contains_key(&*value(0)));
        Arc::new(Self { map, tokens: Tally::default() })
    }

    fn value(&self, number: u32) -> Counted<u32> {
        Counted(number, self.tokens.token())
    }

    fn insert(&self, key: &Arc<Value>, number: u32) -> Option<Counted<u32>> {
        self.map.insert(key, self.value(number))
    }

    fn add(&self, key: &Value) -> Option<u32> {
        self.map.with_mut(key, |value| {
            value.0 += 1;
            value.0
        })
    }

    fn look(&self, key: &Value) -> Option<u32> {
        self.map.with(key, |value| value.0)
    }

    /// Asserts that there are so many entries, and no value beside.
    #[track_caller]
    fn assert_len(&self, len: usize) {
        assert_eq!((self.map.len(), self.tokens.count()), (len, len));
    }
}

/// What has come out of a model, in all orders together.
struct Outcomes<R>(Arc<Mutex<BTreeSet<R>>>);

impl<R> Clone for Outcomes<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R: Ord> Outcomes<R> {
    fn new() -> Self {
        Self(Arc::default())
    }

    fn note(&self, outcome: R) {
        self.0.lock().unwrap().insert(outcome);
    }

    /// Asserts that the order made a difference: that more than one was tried.
    #[track_caller]
    fn assert_several(&self) {
        assert!(self.0.lock().unwrap().len() > 1, "only one order was tried");
    }
}

/// Runs `other` beside the drop of the last owner of the key, which it is asked for by an equal one.
fn beside_the_death_of_a_key<R: Ord + Copy + Send + 'static>(
    preemptions: usize,
    other: fn(&Notes, &Arc<Value>) -> R,
    afterwards: impl Fn(&Notes, R) + Send + Sync + 'static,
) {
    let outcomes = Outcomes::new();
    let all = outcomes.clone();
    check(preemptions, move || {
        let (notes, equal) = (Notes::new(), value(1));
        let doomed = value(1);
        notes.insert(&doomed, 10);
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(doomed));
        let result = meeting.run(|| other(&notes, &equal));
        death.join().unwrap();
        outcomes.note(result);
        afterwards(&notes, result);
        drop(equal);
        notes.assert_len(0);
    });
    all.assert_several();
}

#[test]
fn the_death_of_a_key_and_a_look() {
    beside_the_death_of_a_key(
        5,
        |notes, equal| notes.look(equal),
        |notes, found| {
            assert!(found.is_none_or(|number| number == 10));
            notes.assert_len(0);
        },
    );
}

#[test]
fn the_death_of_a_key_and_a_change() {
    beside_the_death_of_a_key(
        5,
        |notes, equal| notes.add(equal),
        |notes, found| {
            assert!(found.is_none_or(|number| number == 11));
            notes.assert_len(0);
        },
    );
}

#[test]
fn the_death_of_a_key_and_insert_of_an_equal_one() {
    beside_the_death_of_a_key(
        5,
        |notes, equal| notes.insert(equal, 20).map(|old| old.0),
        |notes, replaced| {
            assert!(replaced.is_none_or(|number| number == 10));
            // An equal key that was there stays, and takes the entry with it.
            notes.assert_len(usize::from(replaced.is_none()));
        },
    );
}

#[test]
fn the_death_of_a_key_and_replacement_by_an_equal_one() {
    beside_the_death_of_a_key(
        5,
        |notes, equal| notes.map.replace_key(equal, notes.value(20)).map(|old| old.0),
        |notes, replaced| {
            assert!(replaced.is_none_or(|number| number == 10));
            notes.assert_len(1);
        },
    );
}

#[test]
fn the_death_of_a_key_and_remove() {
    beside_the_death_of_a_key(
        5,
        |notes, equal| notes.map.remove(&**equal).map(|value| value.0),
        |notes, removed| {
            assert!(removed.is_none_or(|number| number == 10));
            notes.assert_len(0);
        },
    );
}

#[test]
fn the_death_of_an_element_and_a_search() {
    let outcomes = Outcomes::new();
    let all = outcomes.clone();
    check(5, move || {
        let (set, equal, doomed) = (Set::default(), value(1), value(1));
        assert!(!set.contains(&*value(0)));
        assert!(set.insert(&doomed));
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(doomed));
        let found = meeting.run(|| set.get(&*equal));
        death.join().unwrap();
        assert_eq!(set.len(), usize::from(found.is_some()));
        outcomes.note(found.is_some());
        assert!(found.as_ref().is_none_or(|found| !Arc::ptr_eq(found, &equal)));
        drop(found);
        assert!(set.is_empty());
    });
    all.assert_several();
}

#[test]
fn the_death_of_an_element_and_insert_of_an_equal_one() {
    check(5, || {
        let (set, equal, doomed) = (Set::default(), value(1), value(1));
        assert!(!set.contains(&*value(0)));
        assert!(set.insert(&doomed));
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(doomed));
        let is_new = meeting.run(|| set.insert(&equal));
        death.join().unwrap();
        assert_eq!((set.len(), weakref_count(&equal)), (usize::from(is_new), usize::from(is_new)));
    });
}

/// Runs `other` beside the drop of the last owner of the key of a pair.
fn beside_the_death_of_a_half<R: 'static>(
    other: impl Fn(&PairMap, Arc<Value>) -> R + Send + Sync + Copy + 'static,
    afterwards: impl Fn(&PairMap, &AtomicUsize, R) + Send + Sync + 'static,
) {
    check(5, move || {
        let map = PairMap::default();
        assert!(!map.contains_key(&*value(0)));
        let told = Arc::new(AtomicUsize::new(0));
        map.on_removal({
            let told = Arc::clone(&told);
            move |_, _| _ = told.fetch_add(1, Ordering::Relaxed)
        });
        let (key, there) = (value(1), value(2));
        map.insert(&key, &there);
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(key));
        let result = meeting.run(|| other(&map, there));
        death.join().unwrap();
        afterwards(&map, &told, result);
    });
}

#[test]
fn key_and_value_of_a_pair_die() {
    beside_the_death_of_a_half(
        |_, there| drop(there),
        |map, told, ()| {
            assert_eq!((map.len(), told.load(Ordering::Relaxed)), (0, 1));
        },
    );
}

#[test]
fn the_key_of_a_pair_dies_beside_a_search() {
    beside_the_death_of_a_half(
        |map, there| {
            let found = map.get(&Value::new(1));
            assert!(found.is_none_or(|found| Arc::ptr_eq(&found, &there)));
            there
        },
        |map, told, there| {
            assert_eq!((map.len(), told.load(Ordering::Relaxed)), (0, 1));
            assert_eq!(weakref_count(&there), 0);
        },
    );
}

#[test]
fn the_key_of_a_pair_dies_beside_insert_of_another_value() {
    beside_the_death_of_a_half(
        |map, there| {
            let (equal, newer) = (value(1), value(3));
            let replaced = map.insert(&equal, &newer).is_some();
            (there, equal, newer, replaced)
        },
        |map, told, (there, equal, newer, replaced)| {
            // Replaced, and then dead with the first key; or dead, and then a new one.
            let expected = if replaced { (0, 2) } else { (1, 1) };
            assert_eq!((map.len(), told.load(Ordering::Relaxed)), expected);
            assert_eq!(weakref_count(&there), 0);
            assert_eq!((weakref_count(&equal), weakref_count(&newer)), (map.len(), map.len()));
        },
    );
}

#[test]
fn the_key_of_a_pair_dies_beside_remove() {
    beside_the_death_of_a_half(
        |map, there| {
            let removed = map.remove(&Value::new(1));
            assert!(removed.is_none_or(|removed| Arc::ptr_eq(&removed, &there)));
            there
        },
        |map, told, there| {
            assert_eq!((map.len(), told.load(Ordering::Relaxed)), (0, 1), "told once");
            assert_eq!(weakref_count(&there), 0);
        },
    );
}

#[test]
fn a_removal_and_a_death_are_told_of_once() {
    let outcomes = Outcomes::new();
    let all = outcomes.clone();
    check(5, move || {
        let notes = Notes::new();
        let told = Arc::new(Mutex::new(Vec::new()));
        notes.map.on_removal({
            let told = Arc::clone(&told);
            move |_, cause| told.lock().unwrap().push(cause)
        });
        let (doomed, equal) = (value(1), value(1));
        notes.insert(&doomed, 10);
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(doomed));
        let removed = meeting.run(|| notes.map.remove(&*equal).is_some());
        death.join().unwrap();
        let told = std::mem::take(&mut *told.lock().unwrap());
        // A key that is dead by the time it is taken out has died.
        outcomes.note(removed);
        let by_hand = removed && told == [RemovalCause::Removed];
        assert!(by_hand || told == [RemovalCause::Died], "{removed} {told:?}");
        notes.assert_len(0);
    });
    all.assert_several();
}

#[test]
fn key_and_value_of_a_pair_die_beside_a_search() {
    check(3, || {
        let map = Arc::new(PairMap::default());
        assert!(!map.contains_key(&*value(0)));
        let told = Arc::new(AtomicUsize::new(0));
        map.on_removal({
            let told = Arc::clone(&told);
            move |_, _| _ = told.fetch_add(1, Ordering::Relaxed)
        });
        let (key, there) = (value(1), value(2));
        map.insert(&key, &there);
        let meeting = Meeting::new();
        let deaths = [key, there].map(|half| meeting.spawn(move || drop(half)));
        let found = meeting.run(|| map.get_key_value(&Value::new(1)));
        let found = found.map(|(key, there)| (**key, **there));
        assert!(found.is_none_or(|found| found == (1, 2)), "both halves, or none");
        for death in deaths {
            death.join().unwrap();
        }
        assert_eq!((map.len(), told.load(Ordering::Relaxed)), (0, 1));
    });
}

#[test]
fn two_factories_for_one_key_of_two_objects() {
    check(4, || {
        let made = Arc::new(AtomicUsize::new(0));
        let map = Arc::new(WeakKeyMap::<Value, u32, SameHash>::default());
        assert!(!map.contains_key(&*value(0)));
        let keys = [value(1), value(1)];
        let ask = |map: &WeakKeyMap<Value, u32, SameHash>, made: &AtomicUsize, key: &Arc<Value>| {
            map.get_or_insert_with(key, || {
                u32::try_from(made.fetch_add(1, Ordering::Relaxed)).unwrap()
            })
        };
        let others = (Arc::clone(&map), Arc::clone(&made), Arc::clone(&keys[1]));
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || ask(&others.0, &others.1, &others.2));
        let one = meeting.run(|| ask(&map, &made, &keys[0]));
        assert_eq!((one, thread.join().unwrap()), (0, 0), "one factory ran, for both");
        let entries: usize = keys.iter().map(weakref_count).sum();
        assert_eq!((map.len(), entries), (1, 1));
        drop(keys);
        assert!(map.is_empty());
    });
}

#[test]
fn two_factories_for_one_element() {
    check(4, || {
        let (set, made) = (Arc::new(Set::default()), Arc::new(AtomicUsize::new(0)));
        assert!(!set.contains(&*value(0)));
        let ask = |set: &Set, made: &AtomicUsize| {
            set.get_or_insert_with(&Value::new(1), |wanted| {
                made.fetch_add(1, Ordering::Relaxed);
                value(**wanted)
            })
        };
        let others = (Arc::clone(&set), Arc::clone(&made));
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || ask(&others.0, &others.1));
        let one = meeting.run(|| ask(&set, &made));
        let two = thread.join().unwrap();
        assert!(Arc::ptr_eq(&one, &two));
        assert_eq!(made.load(Ordering::Relaxed), 1, "both were kept");
        assert_eq!((set.len(), weakref_count(&one)), (1, 1));
        drop((one, two));
        assert!(set.is_empty());
    });
}

#[test]
fn two_factories_of_which_both_drop_the_element_at_once() {
    check(4, || {
        let set = Arc::new(Set::default());
        assert!(!set.contains(&*value(0)));
        let ask =
            |set: &Set| drop(set.get_or_insert_with(&Value::new(1), |wanted| value(**wanted)));
        let other = Arc::clone(&set);
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || ask(&other));
        meeting.run(|| ask(&set));
        thread.join().unwrap();
        assert!(set.is_empty());
    });
}

#[test]
fn a_factory_of_an_element_and_the_death_of_an_equal_one() {
    let outcomes = Outcomes::new();
    let all = outcomes.clone();
    check(5, move || {
        let (set, doomed) = (Set::default(), value(1));
        assert!(!set.contains(&*value(0)));
        set.insert(&doomed);
        let there = Arc::downgrade(&doomed);
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(doomed));
        let got = meeting.run(|| set.get_or_insert_with(&Value::new(1), |wanted| value(**wanted)));
        death.join().unwrap();
        outcomes.note(there.strong_count());
        assert!(set.get(&*got).is_some_and(|found| Arc::ptr_eq(&found, &got)));
        assert_eq!(set.len(), 1);
        drop(got);
        assert!(set.is_empty());
    });
    all.assert_several();
}
