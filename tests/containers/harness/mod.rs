//! What the tests of all kinds of containers have in common.
//!
//! A test is a function that is generic over [`Container`], which has the same methods for every kind:
//! a set is a map of its elements to themselves. `for_kinds!` makes a test of the function for each
//! kind of a group.

// The program `threads` does not use all of it.
#![allow(dead_code, unused_imports)]

mod checks;
mod dying;
mod item;
mod kinds;
mod maps;
mod operations;
mod sets;

use std::fmt::Debug;

use weakref_core::{
    RemovalCause, WeakRef,
    map::{Entry, Mapping, OccupiedEntry, OccupiedError},
};

pub(crate) use self::{
    checks::{
        Filled, Removals, assert_is, assert_unregistered, assert_whole, filled, log_removals,
        registrations,
    },
    dying::{
        DOOMED, DYING, Dying, IN_A_CALLBACK, IN_A_FIELD, IN_ON_DROP, insert_weakly, weak_places,
    },
    item::{
        Item, Owner, act, address, addresses, counts, item, item_with_field, item_with_on_drop,
        items, move_out, names, on_act,
    },
    kinds::*,
    operations::{Operation, operations, removes, searches},
};
use super::{Action, Here, Ptr, Usable};

pub(crate) type Pair = (Owner, Owner);
pub(crate) type Predicate<'a> = Box<dyn FnMut(&Owner, &Owner) -> bool + 'a>;

/// How two sets are combined.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SetOperation {
    Union,
    Intersection,
    Difference,
    SymmetricDifference,
}

pub(crate) const SET_OPERATIONS: [SetOperation; 4] = [
    SetOperation::Union,
    SetOperation::Intersection,
    SetOperation::Difference,
    SetOperation::SymmetricDifference,
];

/// A container.
pub(crate) trait Container: Default + Clone + PartialEq + Debug + 'static {
    const WEAK_KEYS: bool = true;
    const WEAK_VALUES: bool = false;
    const BY_ADDRESS: bool = false;
    const IS_SET: bool = false;

    fn with_capacity(capacity: usize) -> Self;
    fn from_array<const N: usize>(pairs: [Pair; N]) -> Self;
    fn collect_from(pairs: Vec<Pair>) -> Self;
    /// The same from references to the weak halves.
    fn collect_from_refs(pairs: &[Pair]) -> Self;
    fn len(&self) -> usize;
    fn is_empty(&self) -> bool;
    fn reserve(&self, more: usize);
    fn try_reserve(&self, more: usize) -> bool;
    fn shrink_to(&self, least: usize);
    fn shrink_to_fit(&self);
    fn capacity(&self) -> usize;
    fn clear(&self);
    /// Has `listener` called at each removal.
    fn on_removal(&self, listener: impl Fn(&WeakRef<Item>, RemovalCause) + Usable + 'static);
    /// Returns what was there: of a set, the element that stays.
    fn insert(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    /// The same as `insert`.
    fn insert_strong(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    fn replace(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    fn get(&self, key: &Owner) -> Option<Owner>;
    fn get_pair(&self, key: &Owner) -> Option<Pair>;
    fn contains(&self, key: &Owner) -> bool;
    /// Changes a value in its place, where the container owns it, and returns what it was.
    fn change(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    fn remove(&self, key: &Owner) -> Option<Owner>;
    fn remove_pair(&self, key: &Owner) -> Option<Pair>;
    fn pop(&self) -> Option<Pair>;
    /// Returns what is there then, unless another thread has just taken it.
    fn or_insert(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    /// Changes what is there, or puts the value there.
    fn modify_or_insert(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    fn entry_insert(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    fn entry_remove(&self, key: &Owner) -> Option<Owner>;
    /// Calls `get_or_insert_with`, where there is one.
    fn get_or_make(&self, key: &Owner, make: impl FnOnce() -> Owner) -> Owner;
    fn get_or_try_make<E>(
        &self,
        key: &Owner,
        make: impl FnOnce() -> Result<Owner, E>,
    ) -> Result<Owner, E>;
    fn pairs(&self) -> Vec<Pair>;
    fn keys(&self) -> Vec<Owner>;
    fn values(&self) -> Vec<Owner>;
    /// The references to what it holds weakly.
    fn refs(&self) -> Vec<WeakRef<Item>>;
    fn visit(&self, f: &mut dyn FnMut(&Owner, &Owner));
    fn retain(&self, keep: Predicate<'_>);
    fn extract<'a>(&'a self, pick: Predicate<'a>) -> Box<dyn Iterator<Item = Pair> + 'a>;
    fn drain(&self) -> Vec<Pair>;
    fn into_pairs(self) -> Vec<Pair>;
    fn extend(&mut self, pairs: Vec<Pair>);
    fn update(&self, pairs: Vec<Pair>);
    fn extend_from_refs(&mut self, pairs: &[Pair]);
    fn update_from_refs(&self, pairs: &[Pair]);
    fn update_from(&self, other: &Self);
    fn or(&self, other: &Self) -> Self;
    fn or_assign(&self, other: &Self);
    /// Whether all pairs are in the other one too, with the same objects as values.
    fn is_within(&self, other: &Self) -> bool;
    fn has_keys_within(&self, other: &Self) -> bool;

    /// What only sets can: the result of the method, and of the operator.
    fn combined(&self, _: &Self, _: SetOperation) -> Option<(Vec<Owner>, Self)> {
        None
    }
    /// Does it in place, if it is a set.
    fn combine(&self, _: &Self, _: SetOperation) {}
    /// Whether two sets are disjoint, whether this is a proper subset, and whether the other one is
    /// a proper superset: the same, unless another thread changes them meanwhile.
    fn compared(&self, _: &Self) -> Option<[bool; 3]> {
        None
    }

    /// With how many objects an entry is registered.
    fn weak_count() -> usize {
        usize::from(Self::WEAK_KEYS) + usize::from(Self::WEAK_VALUES)
    }

    /// A new entry with this name.
    fn pair(name: u32) -> Pair {
        let key = item(name);
        let value = if Self::IS_SET { key.clone() } else { item(name + 100) };
        (key, value)
    }

    /// New entries with the names from 0.
    fn new_pairs(count: u32) -> Vec<Pair> {
        (0..count).map(Self::pair).collect()
    }

    /// What `get_or_make` may make for a key.
    fn made_for(key: &Owner) -> Owner {
        item(if Self::IS_SET { key.name() } else { key.name() + 100 })
    }
}

/// Whether a container owns the values.
pub(crate) fn owns_values<C: Container>() -> bool {
    C::WEAK_KEYS && !C::WEAK_VALUES && !C::IS_SET
}

/// Whether an entry is registered with both of its halves.
pub(crate) fn is_weak_twice<C: Container>() -> bool {
    C::WEAK_KEYS && C::WEAK_VALUES
}

/// Leaves of an entry what the container holds weakly, with nobody else who owns it.
pub(crate) fn weak_halves<C: Container>((key, value): Pair) -> Vec<Owner> {
    let mut halves = Vec::new();
    if C::WEAK_KEYS {
        halves.push(key);
    }
    if C::WEAK_VALUES {
        halves.push(value);
    }
    halves
}

/// Takes what a container holds weakly of an entry out of its pointer: it is dead then, but has not
/// been dropped. Returns the other half as well.
pub(crate) fn move_out_weak_half<C: Container>((key, value): Pair) -> (Item, Option<Owner>) {
    if C::IS_SET {
        drop(value);
        (move_out(key), None)
    } else if C::WEAK_KEYS {
        (move_out(key), Some(value))
    } else {
        (move_out(value), Some(key))
    }
}

/// Returns what a container holds weakly of an entry, the key if it holds both.
pub(crate) fn weak_half<C: Container>(pair: &Pair) -> &Owner {
    if C::WEAK_KEYS { &pair.0 } else { &pair.1 }
}

/// A map: what has entries.
pub(crate) trait EntryMap: Container + Mapping<Key = Owner, Value = Owner> {
    fn entry(&self, key: &Owner) -> Entry<'_, Self>;
    fn try_insert(&self, key: &Owner, value: &Owner) -> Result<(), OccupiedError<'_, Self>>;
    /// What `or_insert` and its like return.
    fn given(given: Self::Given<'_>) -> Option<Owner>;
    fn value(entry: &OccupiedEntry<'_, Self>) -> Option<Owner>;
    /// Replaces the value that `and_modify` shows, where it can, and returns what it was.
    fn modify(shown: Self::Shown<'_>, new: &Owner) -> Owner;

    fn into_keys(self) -> Vec<Owner>;
    fn into_values(self) -> Vec<Owner>;

    #[track_caller]
    fn occupied(&self, key: &Owner) -> OccupiedEntry<'_, Self> {
        match self.entry(key) {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(entry) => panic!("{entry:?}"),
        }
    }

    #[track_caller]
    fn vacant(&self, key: &Owner) -> weakref_core::map::VacantEntry<'_, Self> {
        match self.entry(key) {
            Entry::Vacant(entry) => entry,
            Entry::Occupied(entry) => panic!("{entry:?}"),
        }
    }
}

/// What all containers have under the same name.
macro_rules! common_methods {
    (|$told:ident| $weak:expr) => {
        fn len(&self) -> usize {
            self.len()
        }

        fn is_empty(&self) -> bool {
            self.is_empty()
        }

        fn reserve(&self, more: usize) {
            self.reserve(more);
        }

        fn try_reserve(&self, more: usize) -> bool {
            self.try_reserve(more).is_ok()
        }

        fn shrink_to(&self, least: usize) {
            self.shrink_to(least);
        }

        fn shrink_to_fit(&self) {
            self.shrink_to_fit();
        }

        fn capacity(&self) -> usize {
            self.capacity()
        }

        fn clear(&self) {
            self.clear();
        }

        fn on_removal(
            &self,
            listener: impl Fn(&WeakRef<Item>, RemovalCause) + super::Usable + 'static,
        ) {
            self.on_removal(move |$told, cause| listener($weak, cause));
        }

        fn update_from(&self, other: &Self) {
            self.update(other);
        }

        fn or(&self, other: &Self) -> Self {
            self | other
        }

        fn or_assign(&self, other: &Self) {
            let mut this = self;
            this |= other;
        }
    };
}
use common_methods;
