//! The panic of a method that a key's `Eq` calls in the middle of a search names the line of the call.

use std::{
    cell::Cell,
    hash::{BuildHasher, Hash, Hasher},
    ops::{BitAndAssign, BitOrAssign, BitXorAssign, SubAssign},
    rc::Rc,
};

use weakref_core::{
    Slotted, WeakKeyMap, WeakSet, WeakSlot, WeakValueMap, WeakWeakMap, Weakrefable,
};
use weakref_tests::{Call, Key, REENTRY, called, once, panic_at};

use super::{
    Here, Ptr,
    harness::{Item, KeyRef, item},
};

/// A key whose `Eq` does what [`once`] has told it to.
#[derive(Debug, Weakrefable)]
struct ObjectKey {
    slot: WeakSlot<Here>,
    /// What lives as long as the key.
    #[allow(dead_code)] // held, and not looked at
    value: Option<Ptr<Object>>,
}

impl PartialEq for ObjectKey {
    fn eq(&self, _: &Self) -> bool {
        called(Call::KeyEq, 0);
        true
    }
}

impl Eq for ObjectKey {}

impl Hash for ObjectKey {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

type Object = Slotted<u8, Here>;

fn object_key() -> Ptr<ObjectKey> {
    Ptr::new(ObjectKey { slot: WeakSlot::new(), value: None })
}

fn object() -> Ptr<Object> {
    Ptr::new(Object::new(7))
}

/// Makes the call in the `Eq` of a search, and asserts that it panics, at its own line.
macro_rules! refused {
    ($case:ident, |$container:ident, $it:pat_param| $call:expr) => {{
        let (case, owner, search) = $case();
        let ($container, inner) = (case.clone(), owner.clone());
        let seen = Rc::new(Cell::new(None));
        let place = seen.clone();
        let until = once(Call::KeyEq, move |_| {
            let $it = &inner;
            place.set(Some(panic_at(|| drop_it($call))));
        });
        search(&case, &owner);
        drop(until);
        let (message, file, line) = seen.take().expect("a search compares");
        let call = stringify!($call);
        assert!(message.contains(REENTRY) && message.contains("before or after"), "{message}");
        assert_eq!((file.as_str(), line), (file!(), line!()), "{call}");
    }};
}

fn drop_it<T>(_: T) {}

type Case<C, O> = (Ptr<C>, Ptr<O>, fn(&C, &Ptr<O>));
type ValueMap = WeakValueMap<Key, Object>;
type KeyMap = WeakKeyMap<ObjectKey, u8>;
type PairMap = WeakWeakMap<ObjectKey, Object>;
type Set = WeakSet<ObjectKey>;

fn value_map() -> Case<ValueMap, Object> {
    let (map, value) = (ValueMap::new(), object());
    map.insert(Key(1), &value);
    (Ptr::new(map), value, |map, _| drop_it(map.contains_key(&Key(1))))
}

fn key_map() -> Case<KeyMap, ObjectKey> {
    let (map, key) = (KeyMap::new(), object_key());
    map.insert(&key, 1);
    (Ptr::new(map), key, |map, key| drop_it(map.contains_key(&**key)))
}

fn pair_map() -> Case<PairMap, ObjectKey> {
    let value = object();
    let key = Ptr::new(ObjectKey { slot: WeakSlot::new(), value: Some(value.clone()) });
    let map = PairMap::new();
    map.insert(&key, &value);
    (Ptr::new(map), key, |map, key| drop_it(map.get_key(&**key)))
}

fn set() -> Case<Set, ObjectKey> {
    let (set, element) = (Set::new(), object_key());
    set.insert(&element);
    (Ptr::new(set), element, |set, element| drop_it(set.contains(&**element)))
}

#[test]
#[allow(clippy::eq_op)]
fn value_maps() {
    refused!(value_map, |map, _| map.get(&Key(1)));
    refused!(value_map, |map, value| map.insert(Key(2), value));
    refused!(value_map, |map, value| map.replace_key(Key(2), value));
    refused!(value_map, |map, value| map.update([(Key(2), value.clone())]));
    refused!(value_map, |map, value| map.insert_strong(Key(2), value));
    refused!(value_map, |map, value| map.try_insert(Key(2), value).is_ok());
    refused!(value_map, |map, _| map.entry_ref(&KeyRef(2)));
    refused!(value_map, |map, _| map.get_by_hash(map.hasher().hash_one(Key(1)), |_| true));
    refused!(value_map, |map, _| map.get_or_insert_with_ref(&KeyRef(2), object));
    refused!(value_map, |map, _| map.get_weak(&Key(1)));
    refused!(value_map, |map, _| map.remove_if(&Key(1), |_| true));
    refused!(value_map, |map, _| map.shrink_to(1));
    refused!(value_map, |map, _| (&*map).into_iter());
    refused!(value_map, |map, _| &*map | &*map);
    refused!(value_map, |map, _| BitOrAssign::bitor_assign(&mut &*map, &map));
    refused!(value_map, |map, _| ValueMap::new() == *map);
    refused!(value_map, |map, _| ValueMap::new().is_submap(&map));
    refused!(value_map, |map, _| ValueMap::new().domain_is_subset(&map));
    refused!(value_map, |map, _| map.get_key_value(&Key(1)));
    refused!(value_map, |map, _| map.contains_key(&Key(1)));
    refused!(value_map, |map, _| map.remove(&Key(1)));
    refused!(value_map, |map, _| map.remove_entry(&Key(1)));
    refused!(value_map, |map, _| map.get_or_insert_with(Key(2), object));
    refused!(value_map, |map, _| map.entry(Key(1)));
    refused!(value_map, |map, _| map.len());
    refused!(value_map, |map, _| map.is_empty());
    refused!(value_map, |map, _| map.capacity());
    refused!(value_map, |map, _| map.reserve(1));
    refused!(value_map, |map, _| map.try_reserve(1));
    refused!(value_map, |map, _| map.shrink_to_fit());
    refused!(value_map, |map, _| map.clear());
    refused!(value_map, |map, _| map.on_removal(|_, _| ()));
    refused!(value_map, |map, _| map.iter());
    refused!(value_map, |map, _| map.keys());
    refused!(value_map, |map, _| map.values());
    refused!(value_map, |map, _| map.value_refs());
    refused!(value_map, |map, _| map.for_each(|_, _| ()));
    refused!(value_map, |map, _| map.retain(|_, _| true));
    refused!(value_map, |map, _| map.drain());
    refused!(value_map, |map, _| map.pop());
    refused!(value_map, |map, _| (*map).clone());
    refused!(value_map, |map, _| *map == *map);
}

/// What a factory of a set returns must be what was wanted.
#[test]
fn the_factory_of_a_set() {
    let (set, wanted) = (WeakSet::<Item>::new(), item(1));
    let (message, file, line) = panic_at(|| drop_it(set.get_or_insert_with(&*wanted, |_| item(2))));
    assert!(message.contains("is not what was wanted: let it return"), "{message}");
    assert_eq!((file.as_str(), line), (file!(), line!() - 2));
}

/// Room that cannot be had.
#[test]
fn too_much_room() {
    const TOO_MUCH: usize = usize::MAX / 2;
    macro_rules! refused {
        ($method:literal, $call:expr) => {
            let (message, file, line) = panic_at(|| drop_it($call));
            assert!(message.starts_with(concat!("`", $method, "` has no room")), "{message}");
            assert!(message.contains("overflow") && message.contains("`try_reserve`"), "{message}");
            assert_eq!((file.as_str(), line), (file!(), line!()));
        };
    }
    refused!("with_capacity", ValueMap::with_capacity(TOO_MUCH));
    refused!("with_capacity", KeyMap::with_capacity(TOO_MUCH));
    refused!("with_capacity", PairMap::with_capacity(TOO_MUCH));
    refused!("with_capacity", Set::with_capacity(TOO_MUCH));
    refused!("reserve", ValueMap::new().reserve(TOO_MUCH));
    refused!("reserve", KeyMap::new().reserve(TOO_MUCH));
    refused!("reserve", PairMap::new().reserve(TOO_MUCH));
    refused!("reserve", Set::new().reserve(TOO_MUCH));
    let error = Set::new().try_reserve(TOO_MUCH).unwrap_err();
    assert_eq!(format!("{error:?}"), "TryReserveError { kind: CapacityOverflow }");
}

#[test]
#[allow(clippy::eq_op)]
fn key_maps() {
    refused!(key_map, |map, key| map.get(&**key));
    refused!(key_map, |map, key| map.with(&**key, |_| ()));
    refused!(key_map, |map, key| map.with_mut(&**key, |_| ()));
    refused!(key_map, |map, key| map.insert(key, 2));
    refused!(key_map, |map, key| map.replace_key(key, 2));
    refused!(key_map, |map, key| map.insert_strong(key, 2));
    refused!(key_map, |map, key| map.try_insert(key, 2).is_ok());
    refused!(key_map, |map, key| map.update([(key, 2)]));
    refused!(key_map, |map, key| map.get_by_hash(map.hasher().hash_one(&**key), |_| true));
    refused!(key_map, |map, key| map.remove_if(&**key, |_| true));
    refused!(key_map, |map, _| &*map | &*map);
    refused!(key_map, |map, _| BitOrAssign::bitor_assign(&mut &*map, &map));
    refused!(key_map, |map, _| KeyMap::new() == *map);
    refused!(key_map, |map, _| KeyMap::new().is_submap(&map));
    refused!(key_map, |map, _| KeyMap::new().domain_is_subset(&map));
    refused!(key_map, |map, key| map.get_key(&**key));
    refused!(key_map, |map, key| map.get_key_value(&**key));
    refused!(key_map, |map, key| map.contains_key(&**key));
    refused!(key_map, |map, key| map.remove(&**key));
    refused!(key_map, |map, key| map.remove_entry(&**key));
    refused!(key_map, |map, key| map.get_or_insert_with(key, || 1));
    refused!(key_map, |map, key| map.entry(key));
    refused!(key_map, |map, _| map.len());
    refused!(key_map, |map, _| map.clear());
    refused!(key_map, |map, _| map.iter());
    refused!(key_map, |map, _| map.keys());
    refused!(key_map, |map, _| map.key_refs());
    refused!(key_map, |map, _| map.values());
    refused!(key_map, |map, _| map.for_each(|_, _| ()));
    refused!(key_map, |map, _| map.for_each_mut(|_, _| ()));
    refused!(key_map, |map, _| map.retain(|_, _| true));
    refused!(key_map, |map, _| map.drain());
    refused!(key_map, |map, _| map.pop());
    refused!(key_map, |map, _| *map == *map);
}

#[test]
#[allow(clippy::eq_op)]
fn weak_weak_maps() {
    refused!(pair_map, |map, key| map.get(&**key));
    refused!(pair_map, |map, key| map.insert(key, &object()));
    refused!(pair_map, |map, key| map.replace_key(key, &object()));
    refused!(pair_map, |map, key| map.insert_strong(key, &object()));
    refused!(pair_map, |map, key| map.try_insert(key, &object()).is_ok());
    refused!(pair_map, |map, key| map.update([(key, &object())]));
    refused!(pair_map, |map, key| map.get_by_hash(map.hasher().hash_one(&**key), |_| true));
    refused!(pair_map, |map, _| &*map | &*map);
    refused!(pair_map, |map, _| BitOrAssign::bitor_assign(&mut &*map, &map));
    refused!(pair_map, |map, _| PairMap::new() == *map);
    refused!(pair_map, |map, _| PairMap::new().domain_is_subset(&map));
    refused!(pair_map, |map, key| map.get_key(&**key));
    refused!(pair_map, |map, key| map.get_key_value(&**key));
    refused!(pair_map, |map, key| map.contains_key(&**key));
    refused!(pair_map, |map, key| map.remove(&**key));
    refused!(pair_map, |map, key| map.remove_entry(&**key));
    refused!(pair_map, |map, key| map.get_or_insert_with(key, object));
    refused!(pair_map, |map, key| map.entry(key));
    refused!(pair_map, |map, _| map.len());
    refused!(pair_map, |map, _| map.clear());
    refused!(pair_map, |map, _| map.iter());
    refused!(pair_map, |map, _| map.values());
    refused!(pair_map, |map, _| map.value_refs());
    refused!(pair_map, |map, _| map.retain(|_, _| true));
    refused!(pair_map, |map, _| map.drain());
    refused!(pair_map, |map, _| map.pop());
    refused!(pair_map, |map, _| *map == *map);
}

#[test]
#[allow(clippy::eq_op)]
fn sets() {
    refused!(set, |set, element| set.get(&**element));
    refused!(set, |set, element| set.contains(&**element));
    refused!(set, |set, element| set.insert(element));
    refused!(set, |set, element| set.insert_strong(element));
    refused!(set, |set, element| set.update([element]));
    refused!(set, |set, element| set.get_by_hash(set.hasher().hash_one(&**element), |_| true));
    refused!(set, |set, _| set.intersection(&set));
    refused!(set, |set, _| set.symmetric_difference_update(&set));
    refused!(set, |set, _| BitOrAssign::bitor_assign(&mut &*set, &set));
    refused!(set, |set, _| BitAndAssign::bitand_assign(&mut &*set, &set));
    refused!(set, |set, _| SubAssign::sub_assign(&mut &*set, &set));
    refused!(set, |set, _| BitXorAssign::bitxor_assign(&mut &*set, &set));
    refused!(set, |set, _| &*set & &*set);
    refused!(set, |set, _| &*set - &*set);
    refused!(set, |set, _| &*set ^ &*set);
    refused!(set, |set, _| &*set | &*set);
    refused!(set, |set, _| Set::new().intersection(&set));
    refused!(set, |set, _| Set::new().difference(&set));
    refused!(set, |set, _| Set::new().intersection_update(&set));
    refused!(set, |set, _| Set::new().is_subset(&set));
    refused!(set, |set, _| Set::new().is_disjoint(&set));
    refused!(set, |set, element| set.replace(element));
    refused!(set, |set, element| set.get_or_insert(element));
    refused!(set, |set, element| set.remove(&**element));
    refused!(set, |set, element| set.take(&**element));
    refused!(set, |set, element| set.get_or_insert_with(&**element, |_| object_key()));
    refused!(set, |set, _| set.len());
    refused!(set, |set, _| set.clear());
    refused!(set, |set, _| set.iter());
    refused!(set, |set, _| set.refs());
    refused!(set, |set, _| set.for_each(|_| ()));
    refused!(set, |set, _| set.retain(|_| true));
    refused!(set, |set, _| set.drain());
    refused!(set, |set, _| set.pop());
    refused!(set, |set, _| set.union(&set));
    refused!(set, |set, _| set.is_subset(&set));
    refused!(set, |set, _| *set == *set);
}
