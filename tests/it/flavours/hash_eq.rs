//! Hash and equality of references.

// The kept hash of a reference in a set does not change.
#![allow(clippy::mutable_key_type)]

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use weakref_core::{WeakRef, error::ReferenceError};
use weakref_tests::{implements, panic_of};

use super::{Obj, Shelf, owner};

/// Counts how often it is asked.
#[derive(Clone, Debug)]
struct Asked {
    value: u32,
    hashes: Arc<AtomicUsize>,
    eqs: Arc<AtomicUsize>,
}

impl Asked {
    fn new(value: u32) -> Self {
        Self { value, hashes: Arc::default(), eqs: Arc::default() }
    }

    fn hashes(&self) -> usize {
        self.hashes.load(Ordering::Relaxed)
    }

    fn eqs(&self) -> usize {
        self.eqs.load(Ordering::Relaxed)
    }
}

impl Hash for Asked {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hashes.fetch_add(1, Ordering::Relaxed);
        self.value.hash(state);
    }
}

impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        self.eqs.fetch_add(1, Ordering::Relaxed);
        self.value == other.value
    }
}

impl Eq for Asked {}

/// A type whose `!=` is not the opposite of its `==`, as for numbers that are none.
#[derive(Debug)]
struct Neither;

#[allow(clippy::partialeq_ne_impl)]
impl PartialEq for Neither {
    fn eq(&self, _: &Self) -> bool {
        false
    }

    fn ne(&self, _: &Self) -> bool {
        false
    }
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn b061_references_to_equal_objects_hash_alike() {
    let [one, same, other] = [1, 1, 2].map(owner);
    let [of_one, of_same, of_other] = [&one, &same, &other].map(WeakRef::new);
    let called = WeakRef::with_callback(&one, |_| ());
    assert_eq!(of_one.try_hash(), of_same.try_hash());
    assert_eq!(of_one.try_hash(), called.try_hash());
    assert_eq!(hash_of(&of_one), hash_of(&of_same));
    assert_eq!(hash_of(&of_one), hash_of(&called));
    assert_ne!(of_one.try_hash(), of_other.try_hash());
    assert_ne!(hash_of(&of_one), hash_of(&of_other));
}

#[test]
fn b062_the_hash_is_computed_once_for_a_reference() {
    let object = owner(Asked::new(1));
    let called = WeakRef::with_callback(&object, |_| ());
    let clone = called.clone();
    assert_eq!(object.hashes(), 0, "not before somebody asks");
    for weak in [&called, &called, &clone] {
        assert!(weak.try_hash().is_ok());
        hash_of(weak);
    }
    assert_eq!(object.hashes(), 1, "a clone is the same reference");

    // Once a reference, not once an object.
    let other = WeakRef::with_callback(&object, |_| ());
    assert_eq!(other.try_hash(), called.try_hash());
    assert_eq!(object.hashes(), 2);
}

#[test]
fn b062_also_without_callback() {
    let object = owner(Asked::new(1));
    let weak = WeakRef::new(&object);
    for _ in 0..3 {
        assert!(weak.try_hash().is_ok());
    }
    assert!(weak.clone().try_hash().is_ok());
    assert_eq!(object.hashes(), 1);
}

#[test]
fn b064_a_hash_is_kept_after_the_death() {
    let object = owner(7);
    let weak = WeakRef::new(&object);
    let called = WeakRef::with_callback(&object, |_| ());
    let hash = weak.try_hash();
    assert_eq!(called.try_hash(), hash);
    drop(object);
    assert!(hash.is_ok());
    assert_eq!((weak.try_hash(), weak.clone().try_hash(), called.try_hash()), (hash, hash, hash));
    assert_eq!(hash_of(&weak), hash_of(&called));
}

#[test]
fn b065_the_dead_that_were_never_hashed_have_none() {
    let object = owner(7);
    let refs = [WeakRef::new(&object), WeakRef::with_callback(&object, |_| ())];
    drop(object);
    for weak in refs {
        assert_eq!(weak.try_hash(), Err(ReferenceError));
        assert_eq!(panic_of(|| hash_of(&weak)), ReferenceError.to_string());
    }
}

#[test]
fn b067_living_references_are_equal_if_their_referents_are() {
    let [one, same, other] = [1, 1, 2].map(owner);
    let of_one = WeakRef::new(&one);
    for weak in [
        WeakRef::new(&same),
        WeakRef::with_callback(&same, |_| ()),
        WeakRef::with_callback(&one, |_| ()),
    ] {
        assert!(weak == of_one);
        assert!(of_one == weak);
        assert!(!(weak != of_one));
        assert!(weak != WeakRef::new(&other));
        assert!(!(weak == WeakRef::new(&other)));
    }
}

/// Not by identity: a reference to a number that is not equal to itself is not either.
#[test]
fn b067_not_by_identity_while_they_live() {
    let nan = owner(f64::NAN);
    let weak = WeakRef::new(&nan);
    assert!(weak != weak.clone());
    drop(nan);
    assert!(weak == weak.clone());
}

#[test]
fn b068_not_equal_is_the_referents_own() {
    let object = owner(Neither);
    let weak = WeakRef::new(&object);
    let clone = weak.clone();
    assert!(!(weak == clone));
    assert!(!(weak != clone));
    // Among the dead, it is the opposite.
    drop(object);
    assert!(weak == clone);
    assert!(!(weak != clone));
}

#[test]
fn b069_the_dead_are_equal_by_identity() {
    let [one, same] = [1, 1].map(owner);
    let [of_one, of_same] = [&one, &same].map(|object| WeakRef::with_callback(object, |_| ()));
    assert!(of_one == of_same);
    drop(one);
    assert!(of_one != of_same);
    assert!(of_same != of_one);
    assert!(of_one == of_one.clone());
    drop(same);
    assert!(of_one != of_same);
    assert!(of_same != of_one);
    assert!(of_same == of_same.clone());
}

#[test]
fn b069_no_referent_is_asked_when_one_is_dead() {
    let [dead, alive] = [1, 1].map(|value| owner(Asked::new(value)));
    let [of_dead, of_alive] = [&dead, &alive].map(WeakRef::new);
    drop(dead);
    assert!(of_dead != of_alive);
    assert_eq!(alive.eqs(), 0);
}

#[test]
fn b071_references_without_callback_stay_equal() {
    let object = owner(7);
    let [one, two] = [WeakRef::new(&object), WeakRef::new(&object)];
    let called = WeakRef::with_callback(&object, |_| ());
    assert!(one == two && one == called);
    drop(object);
    assert!(one == two);
    assert!(one != called);
    assert!(called != one);
}

#[test]
fn b074_no_reference_is_compared_with_anything_else() {
    assert!(implements!(WeakRef<Obj<i32>>: PartialEq));
    assert!(implements!(WeakRef<Obj<i32>>: Eq));
    assert!(!implements!(WeakRef<Obj<i32>>: PartialEq<Obj<i32>>));
    assert!(!implements!(WeakRef<Obj<i32>>: PartialEq<i32>));
    assert!(!implements!(WeakRef<Obj<f64>>: Eq));
}

/// Shown to the user by `ui/compare/less-than`.
#[test]
fn b075_there_is_no_order() {
    assert!(!implements!(WeakRef<Obj<i32>>: PartialOrd));
    assert!(!implements!(WeakRef<Obj<i32>>: Ord));
}

/// As of B076: there is nothing else of ours yet that a reference could be compared with.
#[test]
fn b076_equality_is_symmetric() {
    let [one, other] = [1, 2].map(owner);
    let dead = WeakRef::new(&owner(1));
    let refs = [
        WeakRef::new(&one),
        WeakRef::with_callback(&one, |_| ()),
        WeakRef::new(&other),
        dead,
        WeakRef::default(),
    ];
    for a in &refs {
        for b in &refs {
            assert_eq!(a == b, b == a);
            assert_eq!(a == b, !(a != b));
        }
    }
}

#[test]
fn references_are_keys() {
    let objects: Vec<_> = (0..100).map(owner).collect();
    let mut set: HashSet<_> = objects.iter().map(WeakRef::new).collect();
    let map: HashMap<_, _> =
        objects.iter().map(|object| (WeakRef::with_callback(object, |_| ()), ***object)).collect();
    // As in a table of the objects: an equal one finds them.
    let again = owner(50);
    assert!(!set.insert(WeakRef::new(&again)));
    assert_eq!(map.get(&WeakRef::new(&again)), Some(&50));

    let keys: Vec<_> = map.keys().cloned().collect();
    drop(objects);
    // Dead, each is found as itself and by nobody else.
    assert!(keys.iter().all(|key| map.contains_key(key)));
    assert!(!map.contains_key(&WeakRef::new(&again)));
    set.retain(|weak| !weak.is_dead());
    assert!(set.is_empty());
}

/// In Python, all references without callback to one object are one, and share the hash.
#[test]
fn b064_a_reference_without_callback_keeps_the_hash_for_later_clones() {
    let owner = owner("text");
    let weak = WeakRef::new(&owner);
    let (before, apart) = (weak.clone(), WeakRef::new(&owner));
    let hash = weak.try_hash();
    let after = weak.clone();
    let of_after = after.clone();
    let set = HashSet::from([weak.clone()]);
    drop(owner);
    assert_eq!((after.try_hash(), of_after.try_hash()), (hash, hash));
    assert!(set.contains(&weak) && set.contains(&after) && set.contains(&of_after));
    for other in [before, apart] {
        assert!(other.is_same_reference(&weak) && other == weak, "the same reference");
        assert_eq!(other.try_hash(), Err(ReferenceError), "which has not been asked");
    }
}

#[test]
fn b064_clones_of_a_reference_with_callback_share_the_hash() {
    let [owner, other] = ["text", "text"].map(owner);
    let shelf = Shelf::new([]);
    let dead = shelf.clone();
    let weak = WeakRef::with_callback(&owner, move |weak: &WeakRef<_>| dead.put(weak.clone()));
    let clones = [weak.clone(), weak.clone()];
    let set = HashSet::from([clones[1].clone()]);
    drop(owner);
    let hash = WeakRef::new(&other).try_hash();
    for clone in clones.iter().chain([&weak]).chain(&shelf.take()) {
        assert!(set.contains(clone));
        assert_eq!(clone.try_hash(), hash);
    }
    // Also of one that has lost its callback.
    let owner = super::owner("text");
    let weak = WeakRef::with_callback(&owner, |_| unreachable!());
    let clone = weak.clone();
    weak.detach();
    let set = HashSet::from([clone]);
    drop(owner);
    assert!(set.contains(&weak));
}
