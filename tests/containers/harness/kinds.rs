//! The kinds of containers, each of items.

use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher, RandomState};

use weakref_core::{
    Equivalent, PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, WeakKeyMap, WeakSet, WeakValueMap,
    WeakWeakMap,
};
use weakref_tests::Key;
pub(crate) use weakref_tests::SameHash;

use super::{Container, Item, Owner};

pub(crate) type ValueMap<S = RandomState> = WeakValueMap<Owner, Item, S>;
pub(crate) type KeyMap<S = RandomState> = WeakKeyMap<Item, Owner, S>;
pub(crate) type PtrKeyMap = PtrWeakKeyMap<Item, Owner>;
pub(crate) type PairMap<S = RandomState> = WeakWeakMap<Item, Item, S>;
pub(crate) type PtrPairMap = PtrWeakWeakMap<Item, Item>;
pub(crate) type Set<S = RandomState> = WeakSet<Item, S>;
pub(crate) type PtrSet = PtrWeakSet<Item>;

/// A hasher that is the same in each run.
pub(crate) type FixedHasher = BuildHasherDefault<DefaultHasher>;

/// What a [`Key`] can be looked up by, and made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyRef(pub(crate) u32);

impl Hash for KeyRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Equivalent<Key> for KeyRef {
    fn equivalent(&self, key: &Key) -> bool {
        self.0 == key.0
    }
}

impl From<&KeyRef> for Key {
    fn from(key: &KeyRef) -> Self {
        Self(key.0)
    }
}

/// A container that can be asked for a number of shards.
pub(crate) trait Sharded: Container {
    fn with_shards(shards: usize) -> Self;
}

macro_rules! sharded {
    ($($Container:ty)*) => {$(
        impl Sharded for $Container {
            fn with_shards(shards: usize) -> Self {
                Self::with_shards(shards)
            }
        }
    )*};
}

sharded! { ValueMap KeyMap PtrKeyMap PairMap PtrPairMap Set PtrSet }
