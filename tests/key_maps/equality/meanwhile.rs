//! What happens in the middle of a search, or of a factory between two of them: deaths that are told
//! of when the search ends, to listeners who want what it has been looking for.

use std::hash::{BuildHasher, RandomState};

use weakref_core::{RemovalCause, WeakKeyMap, WeakRef};
use weakref_tests::{AllAlike, Call, Log, Until, once, without_deadlock};

use super::{
    Ptr,
    things::{Thing, thing},
};

/// All keys have one hash, so that every search comes to know both.
type Map<S = AllAlike> = WeakKeyMap<Thing, u32, S>;

/// A map with the value 0 for either of two keys.
fn of_two<S: BuildHasher + Default>() -> (Ptr<Map<S>>, [Ptr<Thing>; 2]) {
    let keys = [1, 2].map(thing);
    let map = keys.iter().map(|key| (key.clone(), 0)).collect();
    (Ptr::new(map), keys)
}

/// Lets a key go in the next comparison.
fn goes_in_eq(doomed: Ptr<Thing>) -> Until {
    once(Call::KeyEq, move |_| drop(doomed))
}

type Look = fn(&Map, &Ptr<Thing>) -> Option<u32>;

/// Every way to look a value up, by its name.
const LOOKS: [(&str, Look); 8] = [
    ("get", |map, key| map.get(&**key)),
    ("with", |map, key| map.with(&**key, |count| *count)),
    ("get_key_value", |map, key| Some(map.get_key_value(&**key)?.1)),
    ("get_both", |map, key| Some(map.get_both(&**key)?.1)),
    ("get_or_insert_with", |map, key| Some(map.get_or_insert_with(key, || 7))),
    ("get_or_try_insert_with", |map, key| map.get_or_try_insert_with(key, || Err(())).ok()),
    ("or_insert", |map, key| map.entry(key).or_insert(7).get()),
    ("with_mut", |map, key| map.with_mut(&**key, |count| *count)),
];

#[test]
fn a_listener_replaces_the_value_that_is_looked_up() {
    without_deadlock(|| {
        // An entry is the one that it was.
        for (name, look) in LOOKS.into_iter().filter(|look| look.0 != "or_insert") {
            let (map, [key, doomed]) = of_two();
            let (weak, wanted) = (Ptr::downgrade(&map), key.clone());
            map.on_removal(move |_, cause| {
                if cause == RemovalCause::Died {
                    assert_eq!(weak.upgrade().unwrap().insert(&wanted, 5), Some(0));
                }
            });
            let until = goes_in_eq(doomed);
            let seen = look(&map, &key);
            drop(until);
            assert!(
                matches!(seen, Some(0 | 5)),
                "{name}: {seen:?}, of a key that was there all the time"
            );
            assert_eq!(map.get(&*key), Some(5), "{name}");
        }
    });
}

#[test]
fn a_listener_changes_the_value_that_is_looked_up() {
    without_deadlock(|| {
        for (name, look) in LOOKS {
            let (map, [key, doomed]) = of_two();
            let (weak, wanted) = (Ptr::downgrade(&map), key.clone());
            map.on_removal(move |_, _| {
                let changed = weak.upgrade().unwrap().with_mut(&*wanted, |count| *count += 1);
                assert_eq!(changed, Some(()));
            });
            let until = goes_in_eq(doomed);
            let seen = look(&map, &key);
            drop(until);
            assert!(matches!(seen, Some(0 | 1)), "{name}: {seen:?}");
            assert_eq!(map.get(&*key), Some(1), "{name}");
        }
    });
}

/// Has a listener ask for the very key for which a factory is asked: it hears of a death in the search
/// before the factory, or in the one after it.
fn a_listener_asks_for_the_same_key(make: fn(&Map, &Ptr<Thing>, &dyn Fn() -> u32) -> u32) {
    for before in [true, false] {
        without_deadlock(move || {
            let (map, [_other, doomed]) = of_two();
            let key = thing(3);
            let (weak, wanted) = (Ptr::downgrade(&map), key.clone());
            let log = Log::default();
            let seen = log.clone();
            map.on_removal(move |_, _| {
                seen.put(make(&weak.upgrade().unwrap(), &wanted, &|| 30));
            });
            let doomed = std::cell::Cell::new(Some(doomed));
            let until = std::cell::Cell::new(None);
            let goes = || until.set(doomed.take().map(goes_in_eq));
            if before {
                goes();
            }
            let got = make(&map, &key, &|| {
                goes();
                31
            });
            drop(until.take());
            // Whichever was made first, it is the only one.
            assert_eq!((log.take(), map.get(&*key)), (vec![got], Some(got)));
        });
    }
}

#[test]
fn a_listener_asks_get_or_insert_with_for_the_same_key() {
    a_listener_asks_for_the_same_key(|map, key, make| map.get_or_insert_with(key, make));
}

#[test]
fn a_listener_asks_get_or_try_insert_with_for_the_same_key() {
    a_listener_asks_for_the_same_key(|map, key, make| {
        map.get_or_try_insert_with(key, || Ok::<_, ()>(make())).unwrap()
    });
}

#[test]
fn a_listener_asks_or_insert_with_for_the_same_key() {
    a_listener_asks_for_the_same_key(|map, key, make| {
        map.entry(key).or_insert_with(make).get().unwrap()
    });
}

/// A key that the search for another one has compared is nobody's but the owners' when that ends.
fn a_key_dies_in_the_factory_of_another<S: BuildHasher + Default>() {
    let (map, [other, doomed]) = of_two::<S>();
    let (weak, new) = (WeakRef::new(&doomed), thing(3));
    let dead = map.get_or_insert_with(&new, move || {
        drop(doomed);
        u32::from(weak.is_dead())
    });
    assert_eq!(dead, 1, "it is dead when its last owner has gone");
    let (weak, newer) = (WeakRef::new(&other), thing(4));
    let entry = map.entry(&newer).or_insert_with(|| {
        drop(other);
        u32::from(weak.is_dead())
    });
    assert_eq!((entry.get(), map.len()), (Some(1), 2));
}

#[test]
fn a_key_that_was_compared_dies_in_the_factory_of_another() {
    a_key_dies_in_the_factory_of_another::<AllAlike>();
    a_key_dies_in_the_factory_of_another::<RandomState>();
}
