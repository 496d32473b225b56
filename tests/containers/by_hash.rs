//! Lookups by a hash and a closure.

use std::{
    cell::{Cell, RefCell},
    hash::{BuildHasher, RandomState},
    rc::Rc,
};

use weakref_core::{WeakKeyMap, WeakSet, WeakValueMap, WeakWeakMap};
use weakref_tests::{AtDrop, OOPS, REENTRY, assert_panics};

use super::{
    Ptr,
    harness::{Item, Owner, SameHash, item, items, move_out},
};

/// One container of each kind, with the same keys, and values with names that are 100 more.
struct All<S> {
    values: WeakValueMap<u32, Item, S>,
    keys: WeakKeyMap<Item, Owner, S>,
    pairs: WeakWeakMap<Item, Item, S>,
    set: WeakSet<Item, S>,
}

impl<S: BuildHasher + Default + Clone> All<S> {
    fn new(keys: &[Owner], values: &[Owner]) -> Self {
        let pairs = || keys.iter().zip(values);
        Self {
            values: pairs().map(|(key, value)| (key.name(), value)).collect(),
            keys: pairs().map(|(key, value)| (key, value.clone())).collect(),
            pairs: pairs().collect(),
            set: keys.iter().collect(),
        }
    }

    /// Asks all of them for the key with this name, by the hash of `hashed`, and returns what is
    /// found.
    fn find(&self, hashed: u32, name: u32) -> [Option<Owner>; 4] {
        let wanted = item(hashed);
        let hash = self.values.hasher().hash_one(hashed);
        [
            self.values.get_by_hash(hash, |key| *key == name),
            self.keys.get_by_hash(self.keys.hasher().hash_one(&*wanted), |key| key.name() == name),
            self.pairs
                .get_by_hash(self.pairs.hasher().hash_one(&*wanted), |key| key.name() == name),
            self.set.get_by_hash(self.set.hasher().hash_one(&*wanted), |key| key.name() == name),
        ]
    }
}

#[test]
fn what_has_the_hash_and_matches_is_found() {
    let (keys, values) = (items(0..50), items(100..150));
    let all = All::<RandomState>::new(&keys, &values);
    for name in 0..50 {
        let found = all.find(name, name);
        for (found, expected) in found.iter().zip([&values, &values, &values, &keys]) {
            let found = found.as_ref().unwrap();
            assert!(Ptr::ptr_eq(found, &expected[name as usize]), "{name}");
        }
        assert!(all.find(name, name + 100).iter().all(Option::is_none), "it does not match");
        assert!(all.find(name + 100, name).iter().all(Option::is_none), "it has another hash");
    }
    assert!(All::<RandomState>::new(&[], &[]).find(1, 1).iter().all(Option::is_none));
}

/// Where all have one hash, the closure chooses among them, and each is asked at most once.
#[test]
fn the_closure_chooses_among_equal_hashes() {
    let (keys, values) = (items(0..5), items(100..105));
    let all = All::<SameHash>::new(&keys, &values);
    for name in 0..5 {
        assert!(all.find(77, name).iter().all(Option::is_some));
    }
    assert!(all.find(0, 9).iter().all(Option::is_none));
    let asked = RefCell::new(Vec::new());
    let note = |name| {
        asked.borrow_mut().push(name);
        false
    };
    let hash = all.set.hasher().hash_one(7);
    assert!(all.values.get_by_hash(hash, |key| note(*key)).is_none());
    assert!(all.set.get_by_hash(hash, |element| note(element.name())).is_none());
    let mut asked = asked.take();
    asked.sort_unstable();
    assert_eq!(asked, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
}

#[test]
fn the_dead_are_not_found() {
    let (keys, values) = (items(0..1), items(100..101));
    let all = All::<SameHash>::new(&keys, &values);
    let moved: Vec<_> = keys.into_iter().map(move_out).collect();
    assert!(all.find(0, 0)[1..].iter().all(Option::is_none), "its key is dead");
    all.keys.clear();
    all.pairs.clear();
    let dead: Vec<_> = values.into_iter().map(move_out).collect();
    assert!(all.find(0, 0)[0].is_none(), "its value is dead");
    drop((moved, dead));
    assert!(all.values.is_empty() && all.set.is_empty());
}

/// As the keys' `Eq` must not.
#[test]
fn the_closure_must_not_use_the_container() {
    let (keys, values) = (items(0..3), items(100..103));
    let all = All::<SameHash>::new(&keys, &values);
    let refused = |use_it: &dyn Fn()| {
        assert_panics(REENTRY, use_it);
        true
    };
    let hash = 7;
    assert!(all.values.get_by_hash(hash, |_| refused(&|| all.values.clear())).is_some());
    assert!(all.keys.get_by_hash(hash, |_| refused(&|| all.keys.clear())).is_some());
    assert!(all.pairs.get_by_hash(hash, |_| refused(&|| all.pairs.clear())).is_some());
    assert!(all.set.get_by_hash(hash, |_| refused(&|| all.set.clear())).is_some());
    // Another container is another matter.
    let remove = |_: &Item| all.values.remove(&1).is_some_and(|_| false);
    assert!(all.set.get_by_hash(hash, remove).is_none());
    assert_eq!((all.values.len(), all.keys.len(), all.set.len()), (2, 3, 3));
    assert_panics(OOPS, || all.set.get_by_hash(hash, |_| panic!("{OOPS}")));
    assert_panics(OOPS, || all.values.get_by_hash(hash, |_| panic!("{OOPS}")));
    assert!(all.find(2, 2).iter().all(Option::is_some), "a panic leaves nothing locked");
}

/// It may drop the last owner of what it looks at, and is itself dropped when nothing is locked.
#[test]
fn what_is_dropped_during_the_search_is_dropped_after_it() {
    let (keys, values) = (items(0..3), items(100..103));
    let all = All::<SameHash>::new(&keys, &values);
    let owners = Cell::new(Some((keys, values)));
    let found = all.set.get_by_hash(7, |_| owners.take().is_none());
    assert!(found.is_none());
    assert!(all.set.is_empty() && all.values.is_empty() && all.keys.is_empty());

    let (keys, values) = (items(0..3), items(100..103));
    let all = Rc::new(All::<SameHash>::new(&keys, &values));
    let lens = Rc::new(Cell::new((0, 0)));
    let (inner, seen) = (all.clone(), lens.clone());
    let at_drop = AtDrop(Some(move || seen.set((inner.values.len(), inner.set.len()))));
    let found = all.values.get_by_hash(7, move |_| {
        let _owned = &at_drop;
        true
    });
    assert!(found.is_some());
    assert_eq!(lens.replace((0, 0)), (3, 3));
}
