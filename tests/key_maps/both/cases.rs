//! What holds for every map of weak keys.

// The modules below are written in the words of this one.
#![allow(clippy::wildcard_imports)]

mod algebra;
mod deaths;
mod entry;
mod factory;
mod iteration;
mod listeners;
mod lives;
mod lookup;
mod operations;
mod panics;
mod reentry;
mod size;
mod values;
mod visits;

use weakref_core::{WeakRef, weakref_count};
use weakref_tests::{
    CIRCLE, Call, Log, OOPS, Unraisables, assert_panics, caught, on, once, oops, without_deadlock,
};

use super::{
    BUSY, Map, Ptr, Weak,
    things::{Thing, thing, things},
    with_capacity,
};
use crate::actors::{Counted, Leaks, Numbered, Value};

type Numbers = Map<Thing, u32>;
type Values = Map<Thing, Value>;

/// A map from keys with the numbers from 0 to ten times these numbers.
fn filled<V: Numbered>(size: u32) -> (Ptr<Map<Thing, V>>, Vec<Ptr<Thing>>) {
    let (map, keys) = (Map::default(), things(size));
    for key in &keys {
        map.insert(key, V::numbered(key.number * 10));
    }
    (Ptr::new(map), keys)
}

/// The pairs that [`filled`] makes of these keys.
fn pairs(keys: &[Ptr<Thing>]) -> impl Iterator<Item = (&Ptr<Thing>, u32)> {
    keys.iter().map(|key| (key, key.number * 10))
}

/// Asserts that the map consists of these pairs, by every way of asking, and that it still cleans
/// itself.
#[track_caller]
fn assert_is<'a, V: Numbered>(
    map: &Map<Thing, V>,
    pairs: impl IntoIterator<Item = (&'a Ptr<Thing>, u32)>,
) {
    let expected: Vec<_> = pairs.into_iter().collect();
    assert_eq!(map.len(), expected.len(), "len");
    assert_eq!(map.is_empty(), expected.is_empty(), "is_empty");
    let mut keys: Vec<_> = map.keys().map(|key| key.number).collect();
    let mut numbers: Vec<_> = expected.iter().map(|(key, _)| key.number).collect();
    keys.sort_unstable();
    numbers.sort_unstable();
    assert_eq!(keys, numbers, "keys");
    for (key, number) in &expected {
        assert_eq!(map.with(&***key, V::number), Some(*number), "the value of {key:?}");
        assert!(Ptr::ptr_eq(&map.get_key(&***key).unwrap(), key), "another key for {key:?}");
    }

    let guest = thing(u32::MAX);
    map.insert(&guest, V::numbered(7));
    assert_eq!(map.len(), expected.len() + 1, "len with a guest");
    drop(guest);
    assert_eq!(map.len(), expected.len(), "len after the guest's death");
}

/// Asserts that nothing is left in the map once its keys are gone.
#[track_caller]
fn assert_ends_empty<V: Numbered>(map: &Map<Thing, V>, keys: Vec<Ptr<Thing>>) {
    drop(keys);
    assert_is(map, []);
}

/// What comes back does not matter.
fn drop_it<T>(_: T) {}
