//! What holds for `Rc` and `Arc` alike.

// The modules below are written in the words of this one.
#![allow(clippy::wildcard_imports)]

mod by_equality;
mod by_identity;
mod equality;
mod identity;

use std::{
    borrow::Borrow,
    hash::{BuildHasher, Hash, Hasher},
};

use weakref_core::{
    PtrWeakSet, PtrWeakWeakMap, WeakRef, WeakSet, WeakSlot, WeakWeakMap, Weakrefable, weakref_count,
};
use weakref_tests::{
    AllAlike, AtDrop, CIRCLE, Call, Key, OOPS, REENTRY, Tally, Token, assert_panics, caught, on,
    once, oops, panic_of, without_deadlock,
};

use super::{Action, Here, Ptr, Usable};

/// An element, a key or a value, which does what it has been told to as it dies.
#[derive(Weakrefable)]
#[weakref(on_drop = Item::die)]
#[allow(dead_code)] // the fields that are there to be dropped
struct Item {
    key: Key,
    last_act: Option<Action>,
    field: Option<AtDrop<Action>>,
    token: Option<Token>,
    slot: WeakSlot<Here>,
}

impl Item {
    fn new(number: u32) -> Self {
        Self { key: Key(number), last_act: None, field: None, token: None, slot: WeakSlot::new() }
    }

    fn number(&self) -> u32 {
        self.key.0
    }

    fn die(&mut self) {
        if let Some(act) = self.last_act.take() {
            act();
        }
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Item {}

impl Hash for Item {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

/// So that a container can be asked for a number, without anything that a `Key` does.
impl Borrow<u32> for Item {
    fn borrow(&self) -> &u32 {
        &self.key.0
    }
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Item {}", self.number())
    }
}

impl Borrow<Key> for Item {
    fn borrow(&self) -> &Key {
        &self.key
    }
}

/// An item that does nothing.
fn item(number: u32) -> Ptr<Item> {
    Ptr::new(Item::new(number))
}

/// Items that do nothing, with these numbers.
fn items(numbers: impl IntoIterator<Item = u32>) -> Vec<Ptr<Item>> {
    numbers.into_iter().map(item).collect()
}

/// An item that does `act` as its `on_drop`.
fn acting(number: u32, act: Action) -> Ptr<Item> {
    let mut item = Item::new(number);
    item.last_act = Some(act);
    Ptr::new(item)
}

/// An item that does `act` as one of its fields is dropped.
fn acting_late(number: u32, act: Action) -> Ptr<Item> {
    let mut item = Item::new(number);
    item.field = Some(AtDrop(Some(act)));
    Ptr::new(item)
}

/// An item that is counted.
fn counted(number: u32, tally: &Tally) -> Ptr<Item> {
    let mut item = Item::new(number);
    item.token = Some(tally.token());
    Ptr::new(item)
}

/// The numbers of some items, in order.
fn numbers(items: impl IntoIterator<Item = Ptr<Item>>) -> Vec<u32> {
    let mut numbers: Vec<_> = items.into_iter().map(|item| item.number()).collect();
    numbers.sort_unstable();
    numbers
}

/// How often each is registered with.
fn counts<'a>(items: impl IntoIterator<Item = &'a Ptr<Item>>) -> Vec<usize> {
    items.into_iter().map(weakref_count).collect()
}

/// Where some items stand, in order.
fn places<'a>(items: impl IntoIterator<Item = &'a Ptr<Item>>) -> Vec<usize> {
    let mut places: Vec<_> = items.into_iter().map(|item| Ptr::as_ptr(item).addr()).collect();
    places.sort_unstable();
    places
}

/// What [`assert_is`] asks of a set.
trait AnySet {
    fn facts(&self) -> (usize, bool, Vec<Ptr<Item>>, Vec<WeakRef<Item>>);
    fn find(&self, item: &Item) -> (Option<Ptr<Item>>, bool);
    fn add(&self, item: &Ptr<Item>) -> bool;
}

/// A key and its value.
type Pair = (Ptr<Item>, Ptr<Item>);

/// The length, whether it is empty, the pairs, the keys, the values.
type PairFacts = (usize, bool, Vec<Pair>, Vec<Ptr<Item>>, Vec<Ptr<Item>>);

/// What [`assert_pairs`] asks of a map.
trait AnyMap {
    fn facts(&self) -> PairFacts;
    fn find(&self, key: &Item) -> (Option<Pair>, Option<Ptr<Item>>, bool);
    fn add(&self, key: &Ptr<Item>, value: &Ptr<Item>);
}

macro_rules! any {
    ([$($S:ident)?] $Set:ty, $Map:ty) => {
        impl$(<$S: BuildHasher>)? AnySet for $Set {
            fn facts(&self) -> (usize, bool, Vec<Ptr<Item>>, Vec<WeakRef<Item>>) {
                (self.len(), self.is_empty(), self.iter().collect(), self.refs())
            }

            fn find(&self, item: &Item) -> (Option<Ptr<Item>>, bool) {
                (self.get(item), self.contains(item))
            }

            fn add(&self, item: &Ptr<Item>) -> bool {
                self.insert(item)
            }
        }

        impl$(<$S: BuildHasher>)? AnyMap for $Map {
            fn facts(&self) -> PairFacts {
                let (keys, values) = (self.keys().collect(), self.values().collect());
                (self.len(), self.is_empty(), self.iter().collect(), keys, values)
            }

            fn find(&self, key: &Item) -> (Option<Pair>, Option<Ptr<Item>>, bool) {
                (self.get_key_value(key), self.get(key), self.contains_key(key))
            }

            fn add(&self, key: &Ptr<Item>, value: &Ptr<Item>) {
                self.insert(key, value);
            }
        }
    };
}
any! { [S] WeakSet<Item, S>, WeakWeakMap<Item, Item, S> }
any! { [] PtrWeakSet<Item>, PtrWeakWeakMap<Item, Item> }

/// Asserts that a set consists of these very objects, by every way of asking, and that it still cleans
/// itself.
#[track_caller]
fn assert_is<'a>(set: &impl AnySet, expected: impl IntoIterator<Item = &'a Ptr<Item>>) {
    let expected: Vec<_> = expected.into_iter().collect();
    let (len, is_empty, all, refs) = set.facts();
    let wanted = places(expected.iter().copied());
    assert_eq!(places(&all), wanted, "iter");
    let refs: Vec<_> = refs.iter().filter_map(WeakRef::upgrade).collect();
    assert_eq!(places(&refs), wanted, "refs");
    assert_eq!((len, is_empty), (expected.len(), expected.is_empty()), "len and is_empty");
    for item in &expected {
        let (found, contained) = set.find(item);
        let found = found.unwrap_or_else(|| panic!("no {item:?}"));
        assert!(Ptr::ptr_eq(&found, item) && contained, "another {item:?}");
    }
    let guest = item(u32::MAX);
    assert!(set.add(&guest), "a guest");
    assert_eq!(set.facts().0, len + 1, "len with a guest");
    assert_eq!(weakref_count(&guest), 1, "a guest's registration");
    drop(guest);
    assert_eq!(set.facts().0, len, "len after the guest's death");
}

/// Asserts that a map consists of these very objects, by every way of asking, and that it still
/// cleans itself.
#[track_caller]
fn assert_pairs<'a>(
    map: &impl AnyMap,
    expected: impl IntoIterator<Item = (&'a Ptr<Item>, &'a Ptr<Item>)>,
) {
    let expected: Vec<_> = expected.into_iter().collect();
    let (len, is_empty, pairs, keys, values) = map.facts();
    let place = |item: &Ptr<Item>| Ptr::as_ptr(item).addr();
    let mut found: Vec<_> = pairs.iter().map(|(key, value)| (place(key), place(value))).collect();
    let mut wanted: Vec<_> =
        expected.iter().map(|(key, value)| (place(key), place(value))).collect();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted, "iter");
    assert_eq!(places(&keys), places(expected.iter().map(|pair| pair.0)), "keys");
    assert_eq!(places(&values), places(expected.iter().map(|pair| pair.1)), "values");
    assert_eq!((len, is_empty), (expected.len(), expected.is_empty()), "len and is_empty");
    for (key, value) in expected {
        let (pair, found, contained) = map.find(key);
        let pair = pair.unwrap_or_else(|| panic!("nothing under {key:?}"));
        assert!(Ptr::ptr_eq(&pair.0, key) && Ptr::ptr_eq(&pair.1, value), "another {key:?}");
        assert!(contained && found.is_some_and(|found| Ptr::ptr_eq(&found, value)), "{key:?}");
    }
    for dying in [0, 1] {
        let mut guests = items([u32::MAX, u32::MAX - 1]);
        map.add(&guests[0], &guests[1]);
        assert_eq!(map.facts().0, len + 1, "len with guests");
        assert_eq!(counts(&guests), [1, 1], "the guests' registrations");
        guests.remove(dying);
        assert_eq!(map.facts().0, len, "len after a guest's death");
        assert_eq!(counts(&guests), [0], "the other guest's registration");
    }
}

/// What comes back does not matter.
fn drop_value<T>(_: T) {}
