//! Everything that can be called of a map, for use in the middle of something else.

use std::ops::BitOr;

use weakref_core::map::Entry;

use super::*;

/// What an operation wants of the values that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    Nothing,
    /// To look at the key's.
    Look,
    /// To look at all.
    LookAll,
    /// The key's, for itself.
    Own,
    /// All, each for itself.
    OwnAll,
    /// Some, for itself.
    OwnAny,
}

/// What an operation does to the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Nothing,
    /// Puts 77 under the key.
    Sets,
    /// The same if there was nothing.
    Fills,
    Removes,
    RemovesAny,
    RemovesAll,
}

pub(super) struct Operation {
    pub(super) name: &'static str,
    pub(super) wants: Wants,
    pub(super) effect: Effect,
    pub(super) run: fn(&Values, &Owner),
}

fn new() -> Value {
    Value::new(77)
}

fn occupied(map: &Values, key: &Owner, f: fn(weakref_core::map::OccupiedEntry<'_, Values>)) {
    if let Entry::Occupied(entry) = map.entry(key) {
        f(entry);
    }
}

pub(super) fn operations() -> Vec<Operation> {
    use Effect as Does;
    use Wants::{Look, LookAll, Own, OwnAll, OwnAny};
    let operation = |name, wants, effect, run| Operation { name, wants, effect, run };
    vec![
        operation("len", Wants::Nothing, Does::Nothing, |map, _| ignore(map.len())),
        operation("capacity", Wants::Nothing, Does::Nothing, |map, _| ignore(map.capacity())),
        operation("reserve", Wants::Nothing, Does::Nothing, |map, _| map.reserve(100)),
        operation("shrink_to_fit", Wants::Nothing, Does::Nothing, |map, _| map.shrink_to_fit()),
        operation("contains_key", Wants::Nothing, Does::Nothing, |map, key| {
            ignore(map.contains_key(&**key));
        }),
        operation("get_key", Wants::Nothing, Does::Nothing, |map, key| {
            ignore(map.get_key(&**key));
        }),
        operation("keys", Wants::Nothing, Does::Nothing, |map, _| ignore(map.keys())),
        operation("key_refs", Wants::Nothing, Does::Nothing, |map, _| ignore(map.key_refs())),
        operation("entry", Wants::Nothing, Does::Nothing, |map, key| ignore(map.entry(key))),
        operation("or_insert", Wants::Nothing, Does::Fills, |map, key| {
            ignore(map.entry(key).or_insert_with(new));
        }),
        operation("clear", Wants::Nothing, Does::RemovesAll, |map, _| map.clear()),
        operation("on_removal", Wants::Nothing, Does::Nothing, |map, _| map.on_removal(|_, _| ())),
        operation("get", Look, Does::Nothing, |map, key| ignore(map.get(&**key))),
        operation("with", Look, Does::Nothing, |map, key| ignore(map.with(&**key, |_| ()))),
        operation("get_key_value", Look, Does::Nothing, |map, key| {
            ignore(map.get_key_value(&**key));
        }),
        operation("get_or_insert_with", Look, Does::Fills, |map, key| {
            ignore(map.get_or_insert_with(key, new));
        }),
        operation("get_or_try_insert_with", Look, Does::Nothing, |map, key| {
            ignore(map.get_or_try_insert_with(key, || Err(())));
        }),
        operation("OccupiedEntry::get", Look, Does::Nothing, |map, key| {
            occupied(map, key, |entry| ignore(entry.get()));
        }),
        operation("for_each", LookAll, Does::Nothing, |map, _| map.for_each(|_, _| ())),
        operation("iter", LookAll, Does::Nothing, |map, _| ignore(map.iter())),
        operation("values", LookAll, Does::Nothing, |map, _| ignore(map.values())),
        operation("fmt", Wants::Nothing, Does::Nothing, |map, _| ignore(format!("{map:?}"))),
        operation("clone", LookAll, Does::Nothing, |map, _| ignore(map.clone())),
        operation("is_submap", LookAll, Does::Nothing, |map, _| ignore(map.is_submap(map))),
        operation("bitor", LookAll, Does::Nothing, |map, _| ignore(map.bitor(map))),
        operation("with_mut", Own, Does::Nothing, |map, key| ignore(map.with_mut(&**key, |_| ()))),
        operation("insert", Own, Does::Sets, |map, key| ignore(map.insert(key, new()))),
        operation("replace_key", Own, Does::Sets, |map, key| ignore(map.replace_key(key, new()))),
        operation("insert_entry", Own, Does::Sets, |map, key| {
            ignore(map.entry(key).insert_entry(new()));
        }),
        operation("and_modify", Own, Does::Nothing, |map, key| {
            ignore(map.entry(key).and_modify(|_| ()));
        }),
        operation("remove", Own, Does::Removes, |map, key| ignore(map.remove(&**key))),
        operation("remove_entry", Own, Does::Removes, |map, key| ignore(map.remove_entry(&**key))),
        operation("OccupiedEntry::remove", Own, Does::Removes, |map, key| {
            occupied(map, key, |entry| ignore(entry.remove()));
        }),
        operation("for_each_mut", OwnAll, Does::Nothing, |map, _| map.for_each_mut(|_, _| ())),
        operation("retain none", OwnAll, Does::RemovesAll, |map, _| map.retain(|_, _| false)),
        operation("retain all", OwnAll, Does::Nothing, |map, _| map.retain(|_, _| true)),
        operation("drain", OwnAll, Does::RemovesAll, |map, _| ignore(map.drain())),
        operation("pop", OwnAny, Does::RemovesAny, |map, _| ignore(map.pop())),
    ]
}

impl Operation {
    /// Asserts that the map, which had the pairs of [`filled`], is as this operation on `key` leaves
    /// it.
    #[track_caller]
    pub(super) fn assert_done(&self, map: &Values, keys: &[Owner], key: &Owner) {
        let others = pairs(keys).filter(|(other, _)| !Ptr::ptr_eq(other, key));
        let was_there = keys.iter().any(|other| Ptr::ptr_eq(other, key));
        match self.effect {
            Effect::Nothing => assert_is(map, pairs(keys)),
            Effect::Fills if was_there => assert_is(map, pairs(keys)),
            Effect::Sets | Effect::Fills => assert_is(map, others.chain([(key, 77)])),
            Effect::Removes => assert_is(map, others),
            Effect::RemovesAll => assert_is(map, []),
            Effect::RemovesAny => assert_whole(map),
        }
    }
}

/// Asserts that the map agrees with itself.
#[track_caller]
pub(super) fn assert_whole(map: &Values) {
    let pairs: Vec<_> = map.iter().map(|(key, value)| (key, value.number)).collect();
    assert_is(map, pairs.iter().map(|(key, number)| (key, *number)));
}

#[test]
fn each_does_what_it_is_said_to_do() {
    let leaks = Leaks::watch();
    for operation in operations() {
        for number in [1, 9] {
            let (map, keys) = filled::<Value>(4);
            let key = keys.get(number).cloned().unwrap_or_else(|| item(9));
            (operation.run)(&map, &key);
            operation.assert_done(&map, &keys, &key);
            drop(key);
            assert_ends_empty(&map, keys);
        }
    }
    leaks.assert_none();
}
