//! The panic of a method that a key's `Eq` calls in the middle of a search names the line of the call.

use std::{
    cell::Cell,
    hash::{Hash, Hasher},
    rc::Rc,
};

use weakref_core::{
    Slotted, WeakKeyMap, WeakSet, WeakSlot, WeakValueMap, WeakWeakMap, Weakrefable,
};
use weakref_tests::{Call, Key, REENTRY, called, once, panic_at};

use super::{Here, Ptr};

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

#[test]
#[allow(clippy::eq_op)]
fn key_maps() {
    refused!(key_map, |map, key| map.get(&**key));
    refused!(key_map, |map, key| map.with(&**key, |_| ()));
    refused!(key_map, |map, key| map.with_mut(&**key, |_| ()));
    refused!(key_map, |map, key| map.insert(key, 2));
    refused!(key_map, |map, key| map.replace_key(key, 2));
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
