//! One face for all weak containers, by which the plays use them.

use std::{
    hash::{Hash, Hasher},
    sync::Mutex,
};

use weakref_core::{RemovalCause, WeakRef, WeakSlot, Weakrefable};

use super::{Here, Ptr};

/// A key, a value or an element. Equal to others of its name.
#[derive(Debug, Weakrefable)]
pub(super) struct Item {
    pub(super) name: u32,
    pub(super) number: usize,
    slot: WeakSlot<Here>,
}

impl Item {
    pub(super) fn new(name: u32, number: usize) -> Owner {
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
    fn reserve(&self, more: usize);
    fn capacity(&self) -> usize;
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
    /// Returns what is there then, unless another thread has just taken it.
    fn or_insert(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    /// Changes what is there, or puts the value there.
    fn modify_or_insert(&self, key: &Owner, value: &Owner) -> Option<Owner>;
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
    fn or_assign(&self, other: &Self);
    /// Whether all pairs are in the other one too, with the same objects as values.
    fn is_within(&self, other: &Self) -> bool;
    fn has_keys_within(&self, other: &Self) -> bool;

    /// What only sets can: the result of the method, and of the operator.
    fn combined(&self, _: &Self, _: How) -> Option<(Vec<Owner>, Self)> {
        None
    }
    /// Does it in place, if it is a set.
    fn combine(&self, _: &Self, _: How) {}
    /// Whether two sets are disjoint, and whether this is a proper subset.
    fn compared(&self, _: &Self) -> Option<(bool, bool)> {
        None
    }
}

pub(super) fn note(log: &Log, key: WeakRef<Item>, cause: RemovalCause) {
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

        fn reserve(&self, more: usize) {
            self.reserve(more);
        }

        fn capacity(&self) -> usize {
            self.capacity()
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

        fn or_assign(&self, other: &Self) {
            let mut this = self;
            this |= other;
        }
    };
}
pub(super) use common;
