//! What holds for `Rc` and `Arc` alike.

// The modules below are written in the words of this one.
#![allow(clippy::wildcard_imports)]

mod basics;
mod deaths;
mod entries;
mod factory;
mod lives;
mod memory;
mod panics;
mod reentry;
mod removals;
mod search;
mod snapshots;
mod traits;

use std::{cell::RefCell, hash::BuildHasher, rc::Rc};

use weakref_core::{WeakSlot, WeakValueMap, Weakrefable};
use weakref_tests::{
    AllAlike, AtDrop, CIRCLE, Call, Counted, Key, OOPS, REENTRY, Tally, Token, Until,
    assert_panics, caught, on, once, oops, panic_of,
};

use super::{Action, DO_NOT_GROW, Here, Object, Ptr};

/// A value that does something as it dies.
#[derive(Weakrefable)]
#[weakref(on_drop = Actor::die)]
#[allow(dead_code)] // the fields that are there to be dropped
struct Actor {
    number: u32,
    last_act: Option<Action>,
    field: Option<AtDrop<Action>>,
    token: Option<Token>,
    slot: WeakSlot<Here>,
}

impl Actor {
    fn new(number: u32) -> Self {
        Self { number, last_act: None, field: None, token: None, slot: WeakSlot::new() }
    }

    fn die(&mut self) {
        if let Some(act) = self.last_act.take() {
            act();
        }
    }
}

impl PartialEq for Actor {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Actor {}

impl std::fmt::Debug for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Actor {}", self.number)
    }
}

/// A value that does nothing.
fn actor(number: u32) -> Ptr<Actor> {
    Ptr::new(Actor::new(number))
}

/// A value that does `act` as its `on_drop`.
fn acting(number: u32, act: Action) -> Ptr<Actor> {
    let mut actor = Actor::new(number);
    actor.last_act = Some(act);
    Ptr::new(actor)
}

/// A value that does `act` as one of its fields is dropped.
fn acting_late(number: u32, act: Action) -> Ptr<Actor> {
    let mut actor = Actor::new(number);
    actor.field = Some(AtDrop(Some(act)));
    Ptr::new(actor)
}

/// A value that is counted.
fn counted(number: u32, tally: &Tally) -> Ptr<Actor> {
    let mut actor = Actor::new(number);
    actor.token = Some(tally.token());
    Ptr::new(actor)
}

type Map<S = std::hash::RandomState> = WeakValueMap<Key, Actor, S>;

/// A map from each number to the actor of that number.
fn cast<S: BuildHasher + Default>(size: u32) -> (Ptr<Map<S>>, Vec<Ptr<Actor>>) {
    let map = Map::with_hasher(S::default());
    let actors: Vec<_> = (0..size).map(actor).collect();
    for actor in &actors {
        map.insert(Key(actor.number), actor);
    }
    (Ptr::new(map), actors)
}

/// Asserts that the map consists of these pairs, by every way of asking, and that it still cleans
/// itself.
#[track_caller]
fn assert_is<'a, S: BuildHasher>(
    map: &Map<S>,
    pairs: impl IntoIterator<Item = (u32, &'a Ptr<Actor>)>,
) {
    let mut expected: Vec<_> = pairs.into_iter().map(|(key, actor)| (key, actor.clone())).collect();
    expected.sort_by_key(|pair| pair.0);
    let numbers: Vec<_> = expected.iter().map(|pair| pair.0).collect();
    assert_eq!(map.len(), expected.len(), "len");
    assert_eq!(map.is_empty(), expected.is_empty(), "is_empty");
    let mut keys: Vec<_> = map.keys().map(|key| key.0).collect();
    keys.sort_unstable();
    assert_eq!(keys, numbers, "keys");
    for (key, actor) in &expected {
        let found = map.get(&Key(*key)).unwrap_or_else(|| panic!("nothing under {key}"));
        assert!(Ptr::ptr_eq(&found, actor), "another value under {key}");
    }
    drop(expected);

    let (guest, key) = (actor(0), u32::MAX);
    map.insert(Key(key), &guest);
    assert_eq!(map.len(), numbers.len() + 1, "len with a guest");
    drop(guest);
    assert_eq!(map.len(), numbers.len(), "len after the guest's death");
    assert!(!map.contains_key(&Key(key)), "a dead guest");
}

/// The pairs that [`cast`] makes of these actors.
fn pairs(actors: &[Ptr<Actor>]) -> impl Iterator<Item = (u32, &Ptr<Actor>)> {
    actors.iter().map(|actor| (actor.number, actor))
}

/// Asserts that nothing is left in the map once its owners are gone.
#[track_caller]
fn assert_ends_empty<S: BuildHasher>(map: &Map<S>, actors: Vec<Ptr<Actor>>) {
    drop(actors);
    assert_is(map, []);
}

/// Everything that can be called of a map, for use in the middle of something else. Those that need
/// a key are given one.
type Operation<S> = (&'static str, fn(&Map<S>, u32));

fn operations<S: BuildHasher + Clone>() -> Vec<Operation<S>> {
    let mut all = searches::<S>();
    all.extend::<[Operation<S>; _]>([
        ("len", |map, _| drop_value(map.len())),
        ("is_empty", |map, _| drop_value(map.is_empty())),
        ("capacity", |map, _| drop_value(map.capacity())),
        ("reserve", |map, _| map.reserve(100)),
        ("OccupiedEntry::remove", |map, key| {
            drop_value(map.entry(Key(key)).insert_entry(actor(key)).remove());
        }),
        ("try_reserve", |map, _| map.try_reserve(100).unwrap()),
        ("shrink_to", |map, _| map.shrink_to(50)),
        ("shrink_to_fit", |map, _| map.shrink_to_fit()),
        ("drain", |map, _| drop_value(map.drain())),
        ("extract_if", |map, key| {
            map.extract_if(move |other, _| other.0 == key).for_each(drop_value);
        }),
        ("on_removal", |map, _| map.on_removal(|_, _| ())),
        ("clear", |map, _| map.clear()),
        ("retain", |map, key| map.retain(|other, _| other.0 != key)),
        ("for_each", |map, _| map.for_each(|_, _| ())),
        ("iter", |map, _| drop_value(map.iter())),
        ("keys", |map, _| drop_value(map.keys())),
        ("values", |map, _| drop_value(map.values())),
        ("value_refs", |map, _| drop_value(map.value_refs())),
        ("fmt", |map, _| drop_value(format!("{map:?}"))),
        ("clone", |map, _| drop_value(map.clone())),
        ("eq", |map, _| drop_value(*map == Map::with_hasher(map.hasher().clone()))),
        ("|", |map, _| drop_value(map | &Map::with_hasher(map.hasher().clone()))),
        ("is_submap", |map, _| drop_value(map.is_submap(map))),
        ("domain_is_subset", |map, _| drop_value(map.domain_is_subset(map))),
        ("|=", |map, _| {
            let mut left = map;
            left |= map;
        }),
    ]);
    all
}

/// Those that search by the user's `Eq`.
fn searches<S: BuildHasher + Clone>() -> Vec<Operation<S>> {
    vec![
        ("get", |map, key| drop_value(map.get(&Key(key)))),
        ("get_key_value", |map, key| drop_value(map.get_key_value(&Key(key)))),
        ("contains_key", |map, key| drop_value(map.contains_key(&Key(key)))),
        ("insert", |map, key| drop_value(map.insert(Key(key), &actor(key)))),
        ("remove", |map, key| drop_value(map.remove(&Key(key)))),
        ("remove_entry", |map, key| drop_value(map.remove_entry(&Key(key)))),
        ("get_or_insert_with", |map, key| {
            drop_value(map.get_or_insert_with(Key(key), || actor(key)));
        }),
        ("replace_key", |map, key| drop_value(map.replace_key(Key(key), &actor(key)))),
        ("update", |map, key| map.update([(Key(key), actor(key))])),
        ("entry", |map, key| drop_value(map.entry(Key(key)))),
        ("or_insert", |map, key| drop_value(map.entry(Key(key)).or_insert(actor(key)))),
        ("insert_entry", |map, key| drop_value(map.entry(Key(key)).insert_entry(actor(key)))),
        ("get_or_try_insert_with", |map, key| {
            drop_value(map.get_or_try_insert_with(Key(key), || Err::<Ptr<Actor>, _>(())));
        }),
    ]
}

/// Whether an operation that was given `key` takes the entry of `other` out, or puts one there whose
/// value dies at once.
fn takes_out(operation: &str, key: u32, other: u32) -> bool {
    match operation {
        "clear" | "drain" => true,
        "insert"
        | "replace_key"
        | "update"
        | "insert_entry"
        | "remove"
        | "remove_entry"
        | "retain"
        | "extract_if"
        | "OccupiedEntry::remove" => other == key,
        _ => false,
    }
}

/// What comes back does not matter.
fn drop_value<T>(_: T) {}

/// A note of what happened, in order.
type Log = Rc<RefCell<Vec<u32>>>;

/// Notes the numbers of the keys that are dropped while the result lives.
fn log_key_drops() -> (Log, Until) {
    let log = Log::default();
    let notes = Rc::clone(&log);
    (log, on(Call::KeyDrop, move |number| notes.borrow_mut().push(number)))
}

/// A map in which all keys have the same hash.
type OneShard = Map<AllAlike>;
