//! What can happen to containers and to what is in them.

use proptest::prelude::*;
use weakref_tests::rounds;

use super::super::harness::{SET_OPERATIONS, SetOperation};

/// As many cases as `PROPTEST_CASES` says, or a few: there are many containers.
pub(super) fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = rounds(32);
    }
    config
}

pub(super) const CONTAINERS: usize = 3;
const NAMES: u8 = 6;

/// One thing that happens. Letters are containers; other numbers choose among the keys and values
/// that there are at that moment.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    MakeKey(u8),
    MakeValue(u8),
    DropKey(usize),
    DropValue(usize),
    ClearWeakrefs(bool, usize, bool),
    Insert(usize, usize, usize),
    /// A key that nobody else owns.
    InsertDoomed(usize, u8, usize),
    Replace(usize, usize, usize),
    Change(usize, usize, usize),
    Remove(usize, usize),
    RemovePair(usize, usize),
    Pop(usize),
    OrInsert(usize, usize, usize),
    ModifyOrInsert(usize, usize, usize),
    EntryInsert(usize, usize, usize),
    EntryRemove(usize, usize),
    GetOrMake(usize, usize, usize),
    FailToMake(usize, usize),
    Retain(usize, u8),
    /// Takes some out that the mask picks, drops a key, and goes on or not.
    Extract(usize, u8, usize, usize, bool),
    VisitAndRemove(usize),
    Drain(usize),
    Clear(usize),
    Copy(usize, usize),
    IntoPairs(usize),
    Update(usize, usize),
    Or(usize, usize),
    OrAssign(usize, usize),
    Compare(usize, usize),
    Combined(usize, usize, SetOperation),
    Combine(usize, usize, SetOperation),
}

pub(super) fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let (a, any, name) = (|| 0..CONTAINERS, || 0..16_usize, || 0..NAMES);
    let mask = || prop::num::u8::ANY;
    let set_operation = || prop::sample::select(SET_OPERATIONS.to_vec());
    let akv = move || (a(), any(), any());
    let ab = move || (a(), a());
    prop_oneof![
        6 => name().prop_map(MakeKey),
        4 => name().prop_map(MakeValue),
        6 => any().prop_map(DropKey),
        4 => any().prop_map(DropValue),
        1 => (prop::bool::ANY, any(), prop::bool::ANY).prop_map(|(k, n, s)| ClearWeakrefs(k, n, s)),
        16 => akv().prop_map(|(a, k, v)| Insert(a, k, v)),
        2 => (a(), name(), any()).prop_map(|(a, k, v)| InsertDoomed(a, k, v)),
        4 => akv().prop_map(|(a, k, v)| Replace(a, k, v)),
        3 => akv().prop_map(|(a, k, v)| Change(a, k, v)),
        2 => (a(), any()).prop_map(|(a, k)| Remove(a, k)),
        2 => (a(), any()).prop_map(|(a, k)| RemovePair(a, k)),
        2 => a().prop_map(Pop),
        3 => akv().prop_map(|(a, k, v)| OrInsert(a, k, v)),
        3 => akv().prop_map(|(a, k, v)| ModifyOrInsert(a, k, v)),
        2 => akv().prop_map(|(a, k, v)| EntryInsert(a, k, v)),
        2 => (a(), any()).prop_map(|(a, k)| EntryRemove(a, k)),
        3 => akv().prop_map(|(a, k, v)| GetOrMake(a, k, v)),
        1 => (a(), any()).prop_map(|(a, k)| FailToMake(a, k)),
        2 => (a(), mask()).prop_map(|(a, mask)| Retain(a, mask)),
        4 => (a(), mask(), 0..4_usize, any(), prop::bool::ANY)
            .prop_map(|(a, mask, taken, k, on)| Extract(a, mask, taken, k, on)),
        1 => a().prop_map(VisitAndRemove),
        1 => a().prop_map(Drain),
        1 => a().prop_map(Clear),
        2 => ab().prop_map(|(a, b)| Copy(a, b)),
        1 => a().prop_map(IntoPairs),
        3 => ab().prop_map(|(a, b)| Update(a, b)),
        1 => ab().prop_map(|(a, b)| Or(a, b)),
        2 => ab().prop_map(|(a, b)| OrAssign(a, b)),
        2 => ab().prop_map(|(a, b)| Compare(a, b)),
        2 => (ab(), set_operation()).prop_map(|((a, b), with)| Combined(a, b, with)),
        2 => (ab(), set_operation()).prop_map(|((a, b), with)| Combine(a, b, with)),
    ]
}
