//! One face for all weak containers, by which the plays use them.

use std::{
    hash::{BuildHasher, Hash, Hasher},
    sync::Mutex,
};

use weakref_core::{
    Lookup, PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, RemovalCause, WeakKeyMap, WeakRef, WeakSet,
    WeakSlot, WeakValueMap, WeakWeakMap, Weakrefable,
    map::{Entry, OccupiedEntry},
};

use super::{Kind, Ptr};

/// A key, a value or an element. Equal to others of its name.
#[derive(Debug, Weakrefable)]
pub(super) struct Item {
    pub(super) name: u8,
    pub(super) number: usize,
    slot: WeakSlot<Kind>,
}

impl Item {
    pub(super) fn new(name: u8, number: usize) -> Owner {
        Ptr::new(Self { name, number, slot: WeakSlot::new() })
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Item {}

impl Hash for Item {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

pub(super) type Owner = Ptr<Item>;
pub(super) type Pair = (Owner, Owner);
/// The removals that a container has told of.
pub(super) type Log = Ptr<Mutex<Vec<(WeakRef<Item>, RemovalCause)>>>;
pub(super) type Picks<'a> = Box<dyn FnMut(&Owner, &Owner) -> bool + 'a>;

/// How two sets are put together.
#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    Or,
    And,
    Without,
    Xor,
}

/// A container. A set is a map of its elements to themselves.
pub(super) trait Container: Default + Clone + PartialEq {
    const WEAK_KEYS: bool = true;
    const WEAK_VALUES: bool = false;
    const BY_ADDRESS: bool = false;
    const IS_SET: bool = false;

    fn len(&self) -> usize;
    fn is_empty(&self) -> bool;
    fn clear(&self);
    fn listen(&self, log: &Log);
    /// Returns what was there: of a set, the element that stays.
    fn insert(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    fn replace(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    fn get(&self, key: &Owner) -> Option<Owner>;
    fn get_pair(&self, key: &Owner) -> Option<Pair>;
    fn contains(&self, key: &Owner) -> bool;
    /// Changes a value in its place, where the container owns it, and returns what it was.
    fn change(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    fn remove(&self, key: &Owner) -> Option<Owner>;
    fn remove_pair(&self, key: &Owner) -> Option<Pair>;
    fn pop(&self) -> Option<Pair>;
    fn or_insert(&self, key: &Owner, value: &Owner) -> Owner;
    /// Changes what is there, or puts the value there.
    fn modify_or_insert(&self, key: &Owner, value: &Owner) -> Owner;
    fn entry_insert(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    fn entry_remove(&self, key: &Owner) -> Option<Owner>;
    fn get_or_make(&self, key: &Owner, value: &Owner) -> Owner;
    fn fail_to_make(&self, key: &Owner) -> Option<Owner>;
    fn pairs(&self) -> Vec<Pair>;
    fn visit(&self, f: &mut dyn FnMut(&Owner, &Owner));
    fn retain(&self, keep: Picks<'_>);
    fn extract<'a>(&'a self, pick: Picks<'a>) -> Box<dyn Iterator<Item = Pair> + 'a>;
    fn drain(&self) -> Vec<Pair>;
    fn dissolve(self) -> Vec<Pair>;
    fn update(&self, pairs: Vec<Pair>);
    fn or(&self, other: &Self) -> Self;
    /// Whether all pairs are in the other one too, with the same objects as values.
    fn is_within(&self, other: &Self) -> bool;
    fn has_keys_within(&self, other: &Self) -> bool;

    /// What only sets can: the result of the method, and of the operator.
    fn combined(&self, _: &Self, _: How) -> Option<(Vec<Owner>, Self)> {
        None
    }
    /// Does it in place, if it is a set.
    fn combine(&self, _: &Self, _: How) {}
    fn is_disjoint(&self, _: &Self) -> Option<bool> {
        None
    }
}

fn note(log: &Log, key: WeakRef<Item>, cause: RemovalCause) {
    log.lock().unwrap().push((key, cause));
}

/// What every container has under the same name.
macro_rules! common {
    ($told:expr) => {
        fn len(&self) -> usize {
            self.len()
        }

        fn is_empty(&self) -> bool {
            self.is_empty()
        }

        fn clear(&self) {
            self.clear();
        }

        fn listen(&self, log: &Log) {
            let log = log.clone();
            self.on_removal(move |key, cause| note(&log, $told(key), cause));
        }

        fn or(&self, other: &Self) -> Self {
            self | other
        }
    };
}

/// A map: what it is asked for, what it is given as a key and as a value, and what its entries give.
macro_rules! map {
    (
        [$($generics:tt)*] $Map:ty,
        |$key:ident| $wanted:expr, $given_key:expr,
        |$value:ident| $given_value:expr,
        told $told:expr,
        given $given:expr,
        occupied $occupied:expr,
        $(const $CONST:ident: bool = $is:expr;)*
        change |$map:ident, $changed:ident, $new:ident| $change:expr,
        modify |$shown:pat_param, $newer:ident| $modify:expr
    ) => {
        impl<$($generics)*> Container for $Map {
            $(const $CONST: bool = $is;)*

            common!($told);

            fn insert(&self, $key: &Owner, $value: &Owner) -> Option<Owner> {
                self.insert($given_key, $given_value)
            }

            fn replace(&self, $key: &Owner, $value: &Owner) -> Option<Owner> {
                self.replace_key($given_key, $given_value)
            }

            fn get(&self, $key: &Owner) -> Option<Owner> {
                self.get($wanted)
            }

            fn get_pair(&self, $key: &Owner) -> Option<Pair> {
                self.get_key_value($wanted)
            }

            fn contains(&self, $key: &Owner) -> bool {
                self.contains_key($wanted)
            }

            fn change(&self, $key: &Owner, $new: &Owner) -> Option<Owner> {
                let ($map, $changed) = (self, $wanted);
                $change
            }

            fn remove(&self, $key: &Owner) -> Option<Owner> {
                self.remove($wanted)
            }

            fn remove_pair(&self, $key: &Owner) -> Option<Pair> {
                self.remove_entry($wanted)
            }

            fn pop(&self) -> Option<Pair> {
                self.pop()
            }

            fn or_insert(&self, $key: &Owner, value: &Owner) -> Owner {
                $given(self.entry($given_key).or_insert(value.clone()))
            }

            fn modify_or_insert(&self, $key: &Owner, $newer: &Owner) -> Owner {
                let entry = self.entry($given_key).and_modify(|$shown| $modify);
                $given(entry.or_insert($newer.clone()))
            }

            fn entry_insert(&self, $key: &Owner, value: &Owner) -> Option<Owner> {
                match self.entry($given_key) {
                    Entry::Occupied(entry) => {
                        let there = $occupied(&entry);
                        let old = entry.insert(value.clone());
                        assert_eq!(old.as_ref().map(|old| old.number), Some(there.number));
                        old
                    }
                    Entry::Vacant(entry) => {
                        assert_eq!(entry.key().number, $key.number);
                        assert_eq!($given(entry.insert(value.clone())).number, value.number);
                        None
                    }
                }
            }

            fn entry_remove(&self, $key: &Owner) -> Option<Owner> {
                match self.entry($given_key) {
                    Entry::Occupied(entry) => Some(entry.remove().expect("it is there")),
                    Entry::Vacant(entry) => {
                        assert_eq!(entry.into_key().number, $key.number);
                        None
                    }
                }
            }

            fn get_or_make(&self, $key: &Owner, value: &Owner) -> Owner {
                self.get_or_insert_with($given_key, || value.clone())
            }

            fn fail_to_make(&self, $key: &Owner) -> Option<Owner> {
                self.get_or_try_insert_with($given_key, || Err(())).ok()
            }

            fn pairs(&self) -> Vec<Pair> {
                self.iter().collect()
            }

            fn visit(&self, f: &mut dyn FnMut(&Owner, &Owner)) {
                self.for_each(|key, value| f(key, value));
            }

            fn retain(&self, mut keep: Picks<'_>) {
                self.retain(|key, value| keep(key, &*value));
            }

            fn extract<'a>(&'a self, mut pick: Picks<'a>) -> Box<dyn Iterator<Item = Pair> + 'a> {
                Box::new(self.extract_if(move |key, value| pick(key, &*value)))
            }

            fn drain(&self) -> Vec<Pair> {
                self.drain().collect()
            }

            fn dissolve(self) -> Vec<Pair> {
                self.into_iter().collect()
            }

            fn update(&self, pairs: Vec<Pair>) {
                self.update(pairs);
            }

            fn is_within(&self, other: &Self) -> bool {
                self.is_submap_with(other, |mine, theirs| mine.number == theirs.number)
            }

            fn has_keys_within(&self, other: &Self) -> bool {
                self.domain_is_subset(other)
            }
        }
    };
}

map! {
    [S: BuildHasher + Default + Clone] WeakValueMap<Owner, Item, S>,
    |key| key, key.clone(),
    |value| value,
    told WeakRef::new,
    given |owner: Owner| owner,
    occupied |entry: &OccupiedEntry<'_, Self>| entry.get().clone(),
    const WEAK_KEYS: bool = false;
    const WEAK_VALUES: bool = true;
    change |map, key, _new| map.get(key),
    modify |_, value| assert!(value.number > 0)
}

macro_rules! weak_maps {
    ($([$($generics:tt)*] $KeyMap:ty, $WeakMap:ty, $by_address:expr;)*) => {$(
        map! {
            [$($generics)*] $KeyMap,
            |key| &**key, key,
            |value| value.clone(),
            told WeakRef::clone,
            given |entry: OccupiedEntry<'_, Self>| entry.get().expect("it has just been put there"),
            occupied |entry: &OccupiedEntry<'_, Self>| entry.get().expect("it is there"),
            const BY_ADDRESS: bool = $by_address;
            change |map, key, new| map.with_mut(key, |value| std::mem::replace(value, new.clone())),
            modify |shown, value| *shown = value.clone()
        }

        map! {
            [$($generics)*] $WeakMap,
            |key| &**key, key,
            |value| value,
            told WeakRef::clone,
            given |owner: Owner| owner,
            occupied |entry: &OccupiedEntry<'_, Self>| entry.get().clone(),
            const WEAK_VALUES: bool = true;
            const BY_ADDRESS: bool = $by_address;
            change |map, key, _new| map.get(key),
            modify |_, value| assert!(value.number > 0)
        }
    )*};
}

weak_maps! {
    [S: BuildHasher + Default + Clone] WeakKeyMap<Item, Owner, S>, WeakWeakMap<Item, Item, S>, false;
    [] PtrWeakKeyMap<Item, Owner>, PtrWeakWeakMap<Item, Item>, true;
}

fn twice(owner: Owner) -> Pair {
    (owner.clone(), owner)
}

macro_rules! set {
    (
        [$($generics:tt)*] $Set:ty, $by_address:expr,
        |$set:ident, $key:ident| make $make:expr, fail $fail:expr
    ) => {
        impl<$($generics)*> Container for $Set {
            const IS_SET: bool = true;
            const BY_ADDRESS: bool = $by_address;

            common!(WeakRef::clone);

            fn insert(&self, key: &Owner, _: &Owner) -> Option<Owner> {
                if self.insert(key) { None } else { self.get(&**key) }
            }

            fn replace(&self, key: &Owner, _: &Owner) -> Option<Owner> {
                self.replace(key)
            }

            fn get(&self, key: &Owner) -> Option<Owner> {
                self.get(&**key)
            }

            fn get_pair(&self, key: &Owner) -> Option<Pair> {
                self.get(&**key).map(twice)
            }

            fn contains(&self, key: &Owner) -> bool {
                self.contains(&**key)
            }

            fn change(&self, key: &Owner, _: &Owner) -> Option<Owner> {
                self.get(&**key)
            }

            fn remove(&self, key: &Owner) -> Option<Owner> {
                let there = self.get(&**key);
                assert_eq!(self.remove(&**key), there.is_some());
                there
            }

            fn remove_pair(&self, key: &Owner) -> Option<Pair> {
                self.take(&**key).map(twice)
            }

            fn pop(&self) -> Option<Pair> {
                self.pop().map(twice)
            }

            fn or_insert(&self, key: &Owner, _: &Owner) -> Owner {
                self.get_or_insert(key)
            }

            fn modify_or_insert(&self, key: &Owner, _: &Owner) -> Owner {
                self.get_or_insert(key)
            }

            fn entry_insert(&self, key: &Owner, value: &Owner) -> Option<Owner> {
                Container::insert(self, key, value)
            }

            fn entry_remove(&self, key: &Owner) -> Option<Owner> {
                self.take(&**key)
            }

            fn get_or_make(&self, $key: &Owner, _: &Owner) -> Owner {
                let $set = self;
                $make
            }

            fn fail_to_make(&self, $key: &Owner) -> Option<Owner> {
                let $set = self;
                $fail
            }

            fn pairs(&self) -> Vec<Pair> {
                self.iter().map(twice).collect()
            }

            fn visit(&self, f: &mut dyn FnMut(&Owner, &Owner)) {
                self.for_each(|element| f(element, element));
            }

            fn retain(&self, mut keep: Picks<'_>) {
                self.retain(|element| keep(element, element));
            }

            fn extract<'a>(&'a self, mut pick: Picks<'a>) -> Box<dyn Iterator<Item = Pair> + 'a> {
                Box::new(self.extract_if(move |element| pick(element, element)).map(twice))
            }

            fn drain(&self) -> Vec<Pair> {
                self.drain().map(twice).collect()
            }

            fn dissolve(self) -> Vec<Pair> {
                self.into_iter().map(twice).collect()
            }

            fn update(&self, pairs: Vec<Pair>) {
                self.update(pairs.into_iter().map(|(element, _)| element));
            }

            fn is_within(&self, other: &Self) -> bool {
                assert_eq!(self.is_subset(other), other.is_superset(self));
                assert_eq!(self.is_proper_subset(other), other.is_proper_superset(self));
                assert_eq!(self.is_proper_subset(other), self.is_subset(other) && self != other);
                self.is_subset(other)
            }

            fn has_keys_within(&self, other: &Self) -> bool {
                self.is_subset(other)
            }

            fn combined(&self, other: &Self, how: How) -> Option<(Vec<Owner>, Self)> {
                Some(match how {
                    How::Or => (self.union(other).collect(), self | other),
                    How::And => (self.intersection(other).collect(), self & other),
                    How::Without => (self.difference(other).collect(), self - other),
                    How::Xor => (self.symmetric_difference(other).collect(), self ^ other),
                })
            }

            fn combine(&self, other: &Self, how: How) {
                let mut this = self;
                match how {
                    How::Or => this |= other,
                    How::And => this &= other,
                    How::Without => this -= other,
                    How::Xor => this ^= other,
                }
            }

            fn is_disjoint(&self, other: &Self) -> Option<bool> {
                Some(self.is_disjoint(other))
            }
        }
    };
}

set! {
    [S: BuildHasher + Default + Clone + Lookup<Item, Item>] WeakSet<Item, S>, false,
    |set, key| make set.get_or_insert_with(&**key, |_| key.clone()),
    fail set.get_or_try_insert_with(&**key, |_| Err(())).ok()
}

set! {
    [] PtrWeakSet<Item>, true,
    |set, key| make set.get_or_insert(key), fail set.get(&**key)
}
