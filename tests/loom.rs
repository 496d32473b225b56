//! Two threads at the same objects and maps, through every order in which they can meet.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p weakref-tests --test loom --release`
#![cfg(loom)]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use loom::{model::Builder, thread};
use weakref_core::{Slotted, WeakRef, WeakValueMap, clear_weakrefs, weakref_count, weakrefs};

type Value = Slotted<u32>;
type Map = WeakValueMap<Key, Value, Alike>;

/// Runs `f` in every order with at most so many switches of threads where none is needed.
fn check(preemptions: usize, f: impl Fn() + Sync + Send + 'static) {
    let mut model = Builder::new();
    model.preemption_bound = Some(preemptions);
    model.max_branches = 10_000;
    model.check(f);
}

/// All keys are in one shard.
#[derive(Default, Clone)]
struct Alike;

impl std::hash::BuildHasher for Alike {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self
    }
}

impl std::hash::Hasher for Alike {
    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        7
    }
}

/// A key that is counted.
#[derive(Clone)]
struct Key(u32, #[allow(dead_code)] Arc<()>);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Key {}

impl std::hash::Hash for Key {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl std::borrow::Borrow<u32> for Key {
    fn borrow(&self) -> &u32 {
        &self.0
    }
}

/// A map, and the count of its keys.
struct Stage {
    map: Map,
    keys: Arc<()>,
}

impl Stage {
    fn new() -> Arc<Self> {
        Arc::new(Self { map: Map::default(), keys: Arc::default() })
    }

    fn insert(&self, key: u32, value: &Arc<Value>) -> Option<Arc<Value>> {
        self.map.insert(Key(key, Arc::clone(&self.keys)), value)
    }

    fn keys(&self) -> usize {
        Arc::strong_count(&self.keys) - 1
    }

    #[track_caller]
    fn assert_empty(&self) {
        assert_eq!((self.map.len(), self.keys()), (0, 0));
    }
}

fn value(number: u32) -> Arc<Value> {
    Arc::new(Slotted::new(number))
}

/// Runs `other` beside the drop of the last owner of the value under 1. Returns the map afterwards.
fn beside_a_death<R: 'static>(
    other: fn(&Stage) -> R,
    afterwards: impl Fn(&Stage, R) + Send + Sync + 'static,
) {
    check(3, move || {
        let stage = Stage::new();
        let doomed = value(1);
        stage.insert(1, &doomed);
        let death = thread::spawn(move || drop(doomed));
        let result = other(&stage);
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
        |stage| stage.map.get_or_insert_with(Key(1, Arc::clone(&stage.keys)), || value(2)),
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
        let death = thread::spawn(move || drop(doomed));
        let Stage { map, keys } = stage;
        drop(map);
        death.join().unwrap();
        assert_eq!(Arc::strong_count(&keys), 1);
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
        let death = thread::spawn(move || drop(one));
        drop(two);
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
        let death = thread::spawn(move || drop(one));
        drop(two);
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
        let thread = thread::spawn(move || drop(other.0.insert(2, &other.1)));
        assert!(Arc::ptr_eq(&stage.map.remove(&1).unwrap(), &one));
        thread.join().unwrap();
        assert_eq!((stage.map.len(), stage.keys(), weakref_count(&one)), (1, 1, 1));
        drop(one);
        stage.assert_empty();
    });
}

#[test]
fn two_factories_for_one_key() {
    check(2, || {
        let stage = Stage::new();
        let made = Arc::new(AtomicUsize::new(0));
        let ask = |stage: &Stage, made: &AtomicUsize, number| {
            stage.map.get_or_insert_with(Key(1, Arc::clone(&stage.keys)), || {
                made.fetch_add(1, Ordering::Relaxed);
                value(number)
            })
        };
        let other = (Arc::clone(&stage), Arc::clone(&made));
        let thread = thread::spawn(move || ask(&other.0, &other.1, 1));
        let one = ask(&stage, &made, 2);
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
        let thread = thread::spawn(move || {
            let key = Key(1, Arc::clone(&other.keys));
            other.map.get_or_try_insert_with(key, || Err(()))
        });
        let one = stage.map.get_or_insert_with(Key(1, Arc::clone(&stage.keys)), || value(1));
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
        let thread = thread::spawn(move || other.0.insert(1, &other.1));
        let got = stage.map.get_or_insert_with(Key(1, Arc::clone(&stage.keys)), || value(2));
        let replaced = thread.join().unwrap();
        assert!(Arc::ptr_eq(&stage.map.get(&1).unwrap(), &inserted), "what is inserted stays");
        assert_eq!(replaced.is_some(), !Arc::ptr_eq(&got, &inserted));
        drop((got, replaced, inserted));
        stage.assert_empty();
    });
}

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
        let death = thread::spawn(move || drop(owner));
        drop(weak);
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
        let death = thread::spawn(move || drop(owner));
        first.detach();
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
        let thread = thread::spawn(move || WeakRef::with_callback(&other.0, counting(&other.1)));
        drop(first);
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
        let thread = thread::spawn(move || clear_weakrefs(&other));
        let Stage { map, keys } = stage;
        drop(map);
        thread.join().unwrap();
        assert_eq!((weakref_count(&owner), Arc::strong_count(&keys)), (0, 1));
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
        let thread = thread::spawn(move || {
            let found = weak.upgrade();
            assert!(found.as_ref().is_none_or(|found| ***found == 1));
            // This may be the last owner.
            drop(found);
            other.map.len()
        });
        drop(owner);
        assert!(thread.join().unwrap() <= 1);
        stage.assert_empty();
    });
}
