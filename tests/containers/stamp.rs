//! Tests of generic functions.

/// Makes tests of functions that are generic over the container: of each, one for each kind of the
/// group. A test that does not end within a minute fails.
macro_rules! for_kinds {
    ($group:ident: $($test:ident)*) => {$(
        mod $test {
            // Each group names some of them.
            #[allow(clippy::wildcard_imports, unused_imports)]
            use super::super::harness::*;

            for_kinds! { @$group $test }
        }
    )*};
    (@all $test:ident) => {
        for_kinds! { @maps $test }
        for_kinds! { @sets $test }
    };
    (@maps $test:ident) => {
        for_kinds! { @test $test: value_map ValueMap, key_map KeyMap, ptr_key_map PtrKeyMap }
        for_kinds! { @pair_maps $test }
    };
    (@pair_maps $test:ident) => {
        for_kinds! { @test $test: pair_map PairMap, ptr_pair_map PtrPairMap }
    };
    (@sets $test:ident) => {
        for_kinds! { @test $test: set Set, ptr_set PtrSet }
    };
    // All kinds that have weak keys.
    (@weak_keys $test:ident) => {
        for_kinds! { @test $test: key_map KeyMap, ptr_key_map PtrKeyMap }
        for_kinds! { @pair_maps $test }
        for_kinds! { @sets $test }
    };
    // All kinds that compare keys by `Eq`.
    (@by_equality $test:ident) => {
        for_kinds! { @test $test: value_map ValueMap, key_map KeyMap, pair_map PairMap, set Set }
    };
    (@maps_by_equality $test:ident) => {
        for_kinds! { @test $test: value_map ValueMap, key_map KeyMap, pair_map PairMap }
    };
    // The same where all keys have one hash, so that a search meets them all.
    (@of_one_hash $test:ident) => {
        for_kinds! {
            @test $test: value_map ValueMap<SameHash>, key_map KeyMap<SameHash>,
            pair_map PairMap<SameHash>, set Set<SameHash>
        }
    };
    (@weak_keys_of_one_hash $test:ident) => {
        for_kinds! {
            @test $test: key_map KeyMap<SameHash>, pair_map PairMap<SameHash>, set Set<SameHash>
        }
    };
    // All kinds, in one shard.
    (@one_shard $test:ident) => {
        for_kinds! { @of_one_hash $test }
        for_kinds! { @by_address $test }
    };
    // All kinds that compare keys by address.
    (@by_address $test:ident) => {
        for_kinds! {
            @test $test: ptr_key_map PtrKeyMap, ptr_pair_map PtrPairMap, ptr_set PtrSet
        }
    };
    // All kinds with `get_or_insert_with` and a factory.
    (@with_factory $test:ident) => {
        for_kinds! { @maps $test }
        for_kinds! { @test $test: set Set }
    };
    // The same, and those that search by hash where all keys have one hash too.
    (@with_factory_and_collisions $test:ident) => {
        for_kinds! { @with_factory $test }
        for_kinds! {
            @test $test: value_map_of_one_hash ValueMap<SameHash>,
            key_map_of_one_hash KeyMap<SameHash>, pair_map_of_one_hash PairMap<SameHash>,
            set_of_one_hash Set<SameHash>
        }
    };
    // Those of the two that search by hash, with and without collisions.
    (@model $test:ident) => {
        for_kinds! {
            @test $test: value_map ValueMap<FixedHasher>, key_map KeyMap<FixedHasher>,
            ptr_key_map PtrKeyMap, pair_map PairMap<FixedHasher>, ptr_pair_map PtrPairMap,
            set Set<FixedHasher>, ptr_set PtrSet, value_map_of_one_hash ValueMap<SameHash>,
            key_map_of_one_hash KeyMap<SameHash>, pair_map_of_one_hash PairMap<SameHash>,
            set_of_one_hash Set<SameHash>
        }
    };
    (@test $test:ident: $($kind:ident $Container:ty),*) => {$(
        #[test]
        fn $kind() {
            weakref_tests::without_deadlock(super::$test::<$Container>);
        }
    )*};
}
