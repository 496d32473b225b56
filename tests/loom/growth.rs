//! A container that is split into shards, beside what other threads do with it. In these models,
//! that happens at the second insertion, and moves the records of odd keys.

use std::{
    hash::{BuildHasherDefault, Hasher},
    sync::Arc,
};

use weakref_core::{WeakSet, WeakValueMap, WeakWeakMap, clear_weakrefs, weakref_count};

use super::{Meeting, Value, check, value};

/// A hasher for numbers, which are their own hashes.
#[derive(Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

type Build = BuildHasherDefault<Identity>;
type Map = WeakValueMap<u32, Value, Build>;
type Pairs = WeakWeakMap<Value, Value, Build>;
type Set = WeakSet<Value, Build>;

/// Splits a map that has the key 1, while another thread runs `f`. Returns the map, the value under 1,
/// the value under 2, and the result of `f`.
fn beside_growth<R: 'static>(
    f: impl Fn(&Map, Arc<Value>) -> R + Copy + Send + Sync + 'static,
    then: impl Fn(&Map, &Arc<Value>, R) + Send + Sync + 'static,
) {
    check(3, move || {
        let (map, one, two) = (Arc::new(Map::default()), value(1), value(2));
        map.insert(1, &one);
        let other = Arc::clone(&map);
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || f(&other, one));
        meeting.run(|| map.insert(2, &two));
        let result = thread.join().unwrap();
        assert!(Arc::ptr_eq(&map.get(&2).unwrap(), &two));
        then(&map, &two, result);
        drop(two);
        assert!(map.get(&2).is_none());
    });
}

#[test]
fn a_death() {
    beside_growth(
        |_, one| drop(one),
        |map, _, ()| {
            assert!(map.get(&1).is_none());
            assert_eq!((map.len(), map.iter().len()), (1, 1));
        },
    );
}

#[test]
fn a_lookup_always_finds_what_lives() {
    beside_growth(
        |map, one| {
            assert!(map.get(&1).is_some());
            one
        },
        |map, _, one| {
            assert!(Arc::ptr_eq(&map.get(&1).unwrap(), &one));
            assert_eq!((map.len(), weakref_count(&one)), (2, 1));
            drop(one);
            assert_eq!(map.len(), 1);
        },
    );
}

#[test]
fn a_visit_sees_a_record_once() {
    beside_growth(
        |map, one| {
            let mut seen = 0;
            map.for_each(|key, _| seen += u32::from(*key == 1));
            assert_eq!(seen, 1);
            one
        },
        |map, _, one| assert_eq!((map.len(), weakref_count(&one)), (2, 1)),
    );
}

#[test]
fn clear_weakrefs_leaves_no_entry() {
    beside_growth(
        |_, one| {
            clear_weakrefs(&one);
            one
        },
        |map, _, one| {
            assert!(map.get(&1).is_none());
            assert_eq!((map.len(), weakref_count(&one)), (1, 0));
        },
    );
}

#[test]
fn a_removal() {
    beside_growth(
        |map, one| {
            assert!(map.remove(&1).is_some());
            one
        },
        |map, _, one| assert_eq!((map.len(), weakref_count(&one)), (1, 0)),
    );
}

#[test]
fn an_insertion_and_a_replacement() {
    beside_growth(
        |map, one| {
            let three = value(3);
            map.insert(3, &three);
            map.insert(1, &three);
            (one, three)
        },
        |map, _, (one, three)| {
            assert!(Arc::ptr_eq(&map.get(&1).unwrap(), &three));
            assert_eq!((map.len(), weakref_count(&one), weakref_count(&three)), (3, 0, 2));
        },
    );
}

#[test]
fn a_factory() {
    beside_growth(
        |map, one| {
            let made = map.get_or_insert_with(1, || unreachable!());
            assert!(Arc::ptr_eq(&made, &one));
            let three = map.get_or_insert_with(3, || value(3));
            (one, three)
        },
        |map, _, (_one, three)| {
            assert!(Arc::ptr_eq(&map.get(&3).unwrap(), &three));
            assert_eq!(map.len(), 3);
        },
    );
}

/// Either referent of a pair dies, or is cleared, while its map is split.
fn a_pair(dies: fn(Arc<Value>, Arc<Value>) -> Vec<Arc<Value>>, lives: bool) {
    check(3, move || {
        let map = Arc::new(Pairs::default());
        let [one, two, three] = [1, 2, 3].map(value);
        map.insert(&one, &three);
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || dies(one, three));
        let other = value(4);
        meeting.run(|| map.insert(&two, &other));
        let left = thread.join().unwrap();
        assert_eq!((map.len(), map.iter().len()), (1 + usize::from(lives), 1 + usize::from(lives)));
        let registered: usize = left.iter().map(weakref_count).sum();
        assert_eq!(registered, if lives { 2 } else { 0 });
        drop((left, other));
        assert!(map.is_empty());
    });
}

#[test]
fn a_pair_of_which_nothing_dies() {
    a_pair(|key, value| vec![key, value], true);
}

#[test]
fn a_pair_whose_key_dies() {
    a_pair(|_, value| vec![value], false);
}

#[test]
fn a_pair_whose_value_dies() {
    a_pair(|key, _| vec![key], false);
}

#[test]
fn a_pair_whose_value_is_cleared() {
    let clear = |key, value| {
        clear_weakrefs(&value);
        vec![key, value]
    };
    a_pair(clear, false);
}

#[test]
fn two_threads_that_insert_the_first_elements() {
    check(3, || {
        let set = Arc::new(Set::default());
        // Loom does not know the set's atomics before they are used.
        assert!(!set.contains(&*value(0)));
        let [one, two] = [1, 2].map(value);
        let other = Arc::clone(&set);
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || {
            assert!(other.insert(&one));
            one
        });
        meeting.run(|| assert!(set.insert(&two)));
        let one = thread.join().unwrap();
        assert!(set.contains(&*one) && set.contains(&*two));
        assert_eq!(set.len(), 2);
        drop(one);
        assert_eq!(set.len(), 1);
    });
}
