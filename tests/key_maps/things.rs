//! The keys of this flavour.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use weakref_core::{WeakSlot, Weakrefable};
use weakref_tests::{Call, called};

use super::{Here, Ptr};
use crate::actors::Counted;

/// A key that calls who has asked for it by [`on`](weakref_tests::on).
#[derive(Weakrefable)]
#[weakref(on_drop = Thing::die)]
pub(crate) struct Thing {
    pub(crate) number: u32,
    _counted: Counted,
    slot: WeakSlot<Here>,
}

impl Thing {
    fn die(&mut self) {
        called(Call::KeyDrop, self.number);
    }
}

impl PartialEq for Thing {
    fn eq(&self, other: &Self) -> bool {
        called(Call::KeyEq, self.number);
        self.number == other.number
    }
}

impl Eq for Thing {}

impl Hash for Thing {
    fn hash<H: Hasher>(&self, state: &mut H) {
        called(Call::KeyHash, self.number);
        self.number.hash(state);
    }
}

impl fmt::Debug for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thing {}", self.number)
    }
}

/// Returns the only owner of a new key.
pub(crate) fn thing(number: u32) -> Ptr<Thing> {
    Ptr::new(Thing { number, _counted: Counted::new(), slot: WeakSlot::new() })
}

/// Returns the only owners of new keys, numbered from 0.
pub(crate) fn things(count: u32) -> Vec<Ptr<Thing>> {
    (0..count).map(thing).collect()
}
