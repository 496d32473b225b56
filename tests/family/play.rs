//! Lists of operations, played on containers and on their models side by side.

use std::{
    hash::{BuildHasherDefault, DefaultHasher},
    mem,
};

use proptest::prelude::*;
use weakref_core::{
    PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, WeakKeyMap, WeakSet, WeakValueMap, WeakWeakMap,
};
use weakref_tests::AllAlike;

use super::{
    adapters::{Container, Item, Owner},
    operation::{Operation, operation},
    stage::Stage,
};

fn play<C: Container>(operations: Vec<Operation>) {
    let mut stage = Stage::<C>::new();
    for operation in operations {
        stage.play(operation);
        stage.compare();
    }
    for owner in mem::take(&mut stage.keys).into_iter().chain(mem::take(&mut stage.values)) {
        stage.forget(&owner);
    }
    stage.bury();
    stage.compare();
    assert!(stage.containers.iter().all(C::is_empty));
    assert!(stage.dropped.iter().all(|(_, weak)| weak.is_dead()), "something is kept");
}

pub(super) type Spread = BuildHasherDefault<DefaultHasher>;

/// As many cases as `PROPTEST_CASES` says, or a few: there are many containers.
pub(super) fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 32;
    }
    config
}

macro_rules! plays {
    ($($name:ident: $Container:ty;)*) => {
        proptest! {
            #![proptest_config(config())]
            $(
                #[test]
                fn $name(operations in prop::collection::vec(operation(), 1..100)) {
                    play::<$Container>(operations);
                }
            )*
        }
    };
}

plays! {
    value_maps: WeakValueMap<Owner, Item, Spread>;
    value_maps_of_one_hash: WeakValueMap<Owner, Item, AllAlike>;
    key_maps: WeakKeyMap<Item, Owner, Spread>;
    key_maps_of_one_hash: WeakKeyMap<Item, Owner, AllAlike>;
    key_maps_by_address: PtrWeakKeyMap<Item, Owner>;
    weak_weak_maps: WeakWeakMap<Item, Item, Spread>;
    weak_weak_maps_of_one_hash: WeakWeakMap<Item, Item, AllAlike>;
    weak_weak_maps_by_address: PtrWeakWeakMap<Item, Item>;
    sets: WeakSet<Item, Spread>;
    sets_of_one_hash: WeakSet<Item, AllAlike>;
    sets_by_address: PtrWeakSet<Item>;
}
