//! What only identity makes possible.

use std::{cell::Cell, fmt::Debug, rc::Rc};

use weakref_core::{ByAddress, Slotted, Weakrefable, weakref_count};
use weakref_tests::{Call, on};

use super::{
    Here, Map, Ptr, Usable,
    things::{Thing, thing, things},
};
use crate::actors::{Leaks, Value};

#[test]
fn equal_keys_are_different_keys() {
    let map = Map::<Thing, u32>::new();
    let [one, two] = [5, 5].map(thing);
    assert_eq!(*one, *two);
    assert_eq!(map.insert(&one, 1), None);
    assert_eq!(map.get(&two), None);
    assert_eq!(map.insert(&two, 2), None);
    assert_eq!((map.get(&one), map.get(&two)), (Some(1), Some(2)));
    assert!(Ptr::ptr_eq(&map.get_key(&two).unwrap(), &two));
    drop(one);
    assert_eq!((map.len(), map.get(&two)), (1, Some(2)));
    assert_eq!(map.remove(&two), Some(2));
    assert!(map.is_empty());
}

#[test]
fn neither_eq_nor_hash_is_called() {
    let calls = Rc::new(Cell::new(0));
    let count = |call| {
        let calls = Rc::clone(&calls);
        on(call, move |_| calls.set(calls.get() + 1))
    };
    let until = [count(Call::KeyEq), count(Call::KeyHash)];
    let (map, keys) = (Map::<Thing, u32>::new(), things(20));
    for key in &keys {
        map.insert(key, 1);
        map.replace_key(key, 2);
        map.entry(key).and_modify(|value| *value += 1).or_insert(5);
        assert_eq!(map.get_or_insert_with(key, || 6), 3);
    }
    assert!(map == map.clone() && map.is_submap(&map) && map.domain_is_subset(&map));
    assert_eq!((&map | &map).len(), 20);
    assert_eq!(map.remove(&keys[0]), Some(3));
    drop(keys);
    assert!(map.is_empty());
    drop(until);
    assert_eq!(calls.get(), 0);
}

#[test]
fn keys_need_neither_eq_nor_hash() {
    let map = Map::new();
    let [nan, same, zero] = [f64::NAN, f64::NAN, 0.0].map(|x| Ptr::new(Slotted::<_, Here>::new(x)));
    map.insert(&nan, "first");
    map.insert(&same, "second");
    map.insert(&zero, "third");
    assert_eq!(map.get(&nan), Some("first"));
    assert_eq!(map.get(&*same), Some("second"));
    drop(nan);
    assert_eq!((map.len(), map.get(&zero)), (2, Some("third")));
}

#[test]
fn a_key_is_asked_for_by_its_owner_or_itself() {
    let (map, key) = (Map::<Thing, u32>::new(), thing(1));
    map.insert(&key, 1);
    let other_owner = key.clone();
    assert_eq!((map.get(&key), map.get(&other_owner), map.get(&*key)), (Some(1), Some(1), Some(1)));
    assert!(map.contains_key(&key) && map.contains_key(&*key));
    assert_eq!(map.with(&key, |value| *value), Some(1));
    assert_eq!(map.with_mut(&key, |value| *value), Some(1));
    assert!(map.get_key(&key).is_some() && map.get_key_value(&key).is_some());
    assert!(map.get_both(&key).is_some());
    assert_eq!(map.remove_entry(&key).unwrap().1, 1);
    map.insert(&key, 2);
    assert_eq!(map.remove(&key), Some(2));
    let by: &ByAddress = map.hasher();
    assert_eq!(*by, ByAddress);
}

#[test]
fn keys_of_no_size_are_told_apart() {
    let map = Map::new();
    let [one, two] = [(), ()].map(|()| Ptr::new(Slotted::<_, Here>::new(())));
    map.insert(&one, 1);
    map.insert(&two, 2);
    assert_eq!((map.get(&one), map.get(&two)), (Some(1), Some(2)));
    drop(two);
    assert_eq!((map.len(), map.get(&one)), (1, Some(1)));
}

trait Named: Weakrefable<Flavor = Here> + Debug + Usable {
    fn name(&self) -> u32;
}

trait Special: Named {
    fn special(&self) -> u32;
}

impl Named for Thing {
    fn name(&self) -> u32 {
        self.number
    }
}

impl Special for Thing {
    fn special(&self) -> u32 {
        self.number + 1
    }
}

impl Named for Slotted<u32, Here> {
    fn name(&self) -> u32 {
        **self
    }
}

#[test]
fn trait_objects_of_several_types() {
    let leaks = Leaks::watch();
    let map = Map::<dyn Named, Value>::new();
    let (one, two) = (thing(1), Ptr::new(Slotted::<u32, Here>::new(2)));
    let (dyn_one, dyn_two): (Ptr<dyn Named>, Ptr<dyn Named>) = (one.clone(), two.clone());
    map.insert(&dyn_one, Value::new(10));
    map.insert(&dyn_two, Value::new(20));
    assert_eq!(map.with(&dyn_one, |value| value.number), Some(10));
    let mut names: Vec<_> = map.keys().map(|key| key.name()).collect();
    names.sort_unstable();
    assert_eq!(names, [1, 2]);
    // By itself, as a method of the object has it.
    assert_eq!(map.get(&*one as &dyn Named).unwrap().number, 10);
    drop((one, dyn_one));
    assert_eq!(map.len(), 1);
    drop((two, dyn_two));
    assert!(map.is_empty());
    leaks.assert_none();
}

#[test]
fn a_trait_object_is_itself_whatever_its_vtable() {
    let map = Map::<dyn Named, u32>::new();
    let owner = thing(1);
    let direct: Ptr<dyn Named> = owner.clone();
    let special: Ptr<dyn Special> = owner.clone();
    assert_eq!(special.special(), 2);
    let by_way: Ptr<dyn Named> = special;
    // An upcast to the first supertrait keeps the vtable of the subtrait.
    #[allow(ambiguous_wide_pointer_comparisons)]
    let same_vtable = std::ptr::eq(&raw const *direct, &raw const *by_way);
    assert!(!same_vtable, "there are two vtables to show this with");

    assert_eq!(map.insert(&direct, 1), None);
    assert_eq!(map.get(&by_way), Some(1));
    assert_eq!(map.get(&*by_way), Some(1));
    assert_eq!(map.insert(&by_way, 2), Some(1));
    assert_eq!(map.replace_key(&by_way, 3), Some(2));
    assert_eq!((map.len(), weakref_count(&owner)), (1, 1));
    assert_eq!(map.get_or_insert_with(&direct, || unreachable!()), 3);
    assert_eq!(map.entry(&direct).or_insert(9).remove(), Some(3));
    map.insert(&by_way, 4);
    drop((direct, by_way, owner));
    assert!(map.is_empty());
}

#[test]
fn the_same_from_a_slice_or_a_string() {
    let map = Map::<Slotted<[u32], Here>, u32>::new();
    let owner: Ptr<Slotted<[u32], Here>> = Ptr::new(Slotted::<_, Here>::new([1, 2, 3]));
    map.insert(&owner, 6);
    assert_eq!(map.get(&owner), Some(6));
    assert_eq!(map.keys().next().unwrap().len(), 3);
    drop(owner);
    assert!(map.is_empty());
}

#[test]
fn from_an_array() {
    let keys = things(3);
    let map = Map::from([(keys[0].clone(), 0), (keys[1].clone(), 1), (thing(9), 9)]);
    assert_eq!(map.len(), 2, "the array's own owners are dropped");
    assert_eq!(map.get(&keys[1]), Some(1));
}

#[test]
fn an_object_that_moves_is_another_key() {
    let map = Map::new();
    let one = Ptr::new(Slotted::<_, Here>::new(7));
    map.insert(&one, 1);
    let moved = Ptr::new(Ptr::try_unwrap(one).unwrap());
    // The weak pointers of the old place are dead from then on.
    assert_eq!(map.get(&moved), None);
    assert_eq!(map.insert(&moved, 2), None);
    assert_eq!(map.get(&moved), Some(2));
    assert_eq!(map.iter().len(), 1);
    drop(moved);
    assert!(map.is_empty());
}
