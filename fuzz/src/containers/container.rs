//! One interface of all weak containers.

use std::sync::Mutex;

use weakref_core::{RemovalCause, WeakRef};

use super::{
    Ptr,
    item::{Item, Owner, Pair},
};
use crate::containers::program::{Point, fire};

/// What a listener was told: by a key that a container owns, or by a weak one.
#[derive(Debug)]
pub enum Told {
    Owned(u32),
    Weak(WeakRef<Item>),
}

/// The removals that a container has told of.
pub type Log = Ptr<Mutex<Vec<(Told, RemovalCause)>>>;
pub type Picks<'a> = Box<dyn FnMut(&Owner, &Owner) -> bool + 'a>;
pub type Make<'a> = Box<dyn FnOnce() -> Option<Owner> + 'a>;

/// How two sets are put together.
#[derive(Debug, Clone, Copy)]
pub enum How {
    Or,
    And,
    Without,
    Xor,
}

/// A container. A set is a map of its elements to themselves.
pub trait Container: Default + Clone + PartialEq + 'static {
    const WEAK_KEYS: bool = true;
    const WEAK_VALUES: bool = false;
    const BY_ADDRESS: bool = false;
    const IS_SET: bool = false;
    const HAS_FACTORIES: bool = true;

    fn len(&self) -> usize;
    fn is_empty(&self) -> bool;
    fn capacity(&self) -> usize;
    fn reserve(&self, more: usize);
    fn try_reserve(&self, more: usize) -> bool;
    fn shrink_to(&self, least: usize);
    fn shrink_to_fit(&self);
    fn clear(&self);
    fn debug(&self) -> String;
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
    /// Returns what is there then.
    fn or_insert(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    /// Changes what is there, or puts the value there.
    fn modify_or_insert(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    fn entry_insert(&self, key: &Owner, value: &Owner) -> Option<Owner>;
    fn entry_remove(&self, key: &Owner) -> Option<Owner>;
    /// Returns what is there, or what was made, if it was.
    fn get_or_make(&self, key: &Owner, make: Make<'_>) -> Option<Owner>;
    fn pairs(&self) -> Vec<Pair>;
    /// The weak references to what the container refers to weakly.
    fn refs(&self) -> Vec<WeakRef<Item>>;
    fn visit(&self, f: &mut dyn FnMut(&Owner, &Owner));
    fn retain(&self, keep: Picks<'_>);
    fn extract<'a>(&'a self, pick: Picks<'a>) -> Box<dyn Iterator<Item = Pair> + 'a>;
    fn iter(&self) -> Box<dyn Iterator<Item = Pair> + '_>;
    fn drain(&self) -> Box<dyn Iterator<Item = Pair> + '_>;
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

pub(super) fn note(log: &Log, told: Told, cause: RemovalCause) {
    log.lock().unwrap().push((told, cause));
    fire(Point::Listener);
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

        fn capacity(&self) -> usize {
            self.capacity()
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

        fn clear(&self) {
            self.clear();
        }

        fn debug(&self) -> String {
            format!("{self:?}")
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
