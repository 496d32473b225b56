//! What holds for every map of weak keys.

// The modules below are written in the words of this one.
#![allow(clippy::wildcard_imports)]

mod access;
mod cycles;
mod listeners;
mod locked;
mod messages;
mod operations;
mod panics;
mod reentrancy;

use weakref_core::{WeakRef, weakref_count};
use weakref_tests::{
    BUSY, CIRCLE, Call, Leaks, Log, OOPS, Tracked, assert_panics, called, caught, on, once, oops,
    panic_of, without_deadlock,
};

use super::{
    super::super::harness::{Item, Owner, item, items},
    Map, Ptr, Weak,
};

type Numbers = Map<u32>;
type Values = Map<Value>;

/// A value that does what has been asked of it by [`on`].
#[derive(Debug)]
struct Value {
    number: u32,
    _tracked: Tracked,
}

impl Value {
    fn new(number: u32) -> Self {
        Self { number, _tracked: Tracked::default() }
    }
}

impl Clone for Value {
    fn clone(&self) -> Self {
        called(Call::ValueClone, self.number);
        Self::new(self.number)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        called(Call::ValueDrop, self.number);
    }
}

/// What maps are filled with here.
trait Numbered: Clone + Send + Sync + 'static {
    fn numbered(number: u32) -> Self;
    fn number(&self) -> u32;
}

impl Numbered for u32 {
    fn numbered(number: u32) -> Self {
        number
    }

    fn number(&self) -> u32 {
        *self
    }
}

impl Numbered for Value {
    fn numbered(number: u32) -> Self {
        Self::new(number)
    }

    fn number(&self) -> u32 {
        self.number
    }
}

/// A map from keys with the names from 0 to ten times these names.
fn filled<V: Numbered>(size: u32) -> (Ptr<Map<V>>, Vec<Owner>) {
    let (map, keys) = (Map::default(), items(0..size));
    for key in &keys {
        map.insert(key, V::numbered(key.name() * 10));
    }
    (Ptr::new(map), keys)
}

/// The pairs that [`filled`] makes of these keys.
fn pairs(keys: &[Owner]) -> impl Iterator<Item = (&Owner, u32)> {
    keys.iter().map(|key| (key, key.name() * 10))
}

/// Asserts that the map consists of these pairs, by every way of asking, and that the death of a key
/// still removes its entry.
#[track_caller]
fn assert_is<'a, V: Numbered>(map: &Map<V>, pairs: impl IntoIterator<Item = (&'a Owner, u32)>) {
    let expected: Vec<_> = pairs.into_iter().collect();
    assert_eq!(map.len(), expected.len(), "len");
    assert_eq!(map.is_empty(), expected.is_empty(), "is_empty");
    let mut keys: Vec<_> = map.keys().map(|key| key.name()).collect();
    let mut names: Vec<_> = expected.iter().map(|(key, _)| key.name()).collect();
    keys.sort_unstable();
    names.sort_unstable();
    assert_eq!(keys, names, "keys");
    for (key, number) in &expected {
        assert_eq!(map.with(&***key, V::number), Some(*number), "the value of {key:?}");
        assert!(Ptr::ptr_eq(&map.get_key(&***key).unwrap(), key), "another key for {key:?}");
    }

    let guest = item(u32::MAX);
    map.insert(&guest, V::numbered(7));
    assert_eq!(map.len(), expected.len() + 1, "len with a guest");
    drop(guest);
    assert_eq!(map.len(), expected.len(), "len after the guest's death");
}

/// Asserts that nothing is left in the map once its keys are gone.
#[track_caller]
fn assert_ends_empty<V: Numbered>(map: &Map<V>, keys: Vec<Owner>) {
    drop(keys);
    assert_is(map, []);
}

/// What comes back does not matter.
fn ignore<T>(_: T) {}
