//! Hashers, and keys whose hashes collide.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, RandomState};

use weakref_core::WeakKeyMap;
use weakref_tests::AllAlike;

use super::{
    Map, Ptr,
    things::{Thing, thing, things},
};

type Fixed = BuildHasherDefault<DefaultHasher>;

fn of<S: BuildHasher + Default>(keys: &[Ptr<Thing>]) -> WeakKeyMap<Thing, u32, S> {
    keys.iter().map(|key| (key.clone(), key.number)).collect()
}

#[test]
fn the_constructors() {
    assert!(Map::<Thing, u32>::new().is_empty());
    assert!(Map::<Thing, u32>::with_capacity(100).capacity() >= 100);
    let map = WeakKeyMap::<Thing, u32, _>::with_hasher(Fixed::default());
    let _: &Fixed = map.hasher();
    assert_eq!(map.capacity(), 0);
    let map = WeakKeyMap::with_capacity_and_hasher(100, Fixed::default());
    assert!(map.capacity() >= 100);
    let key = thing(1);
    map.insert(&key, 1);
    assert_eq!(map.get(&*key), Some(1));
}

#[test]
fn the_users_hasher_is_used() {
    let state = RandomState::new();
    let map = WeakKeyMap::<Thing, u32, _>::with_hasher(state.clone());
    assert_eq!(map.hasher().hash_one(5), state.hash_one(5));
    assert_eq!(map.clone().hasher().hash_one(5), state.hash_one(5), "that of a clone is the same");
}

#[test]
fn maps_of_several_hashers_are_compared() {
    let keys = things(20);
    let (one, two, three) = (of::<RandomState>(&keys), of::<AllAlike>(&keys), of::<Fixed>(&keys));
    assert!(one == two && two == three);
    assert!(two == one);
    assert!(one.is_submap(&two) && two.is_submap(&one) && two.domain_is_subset(&three));
    assert!(one.is_submap_with(&two, |mine, theirs| mine == theirs));
    two.insert(&keys[3], 9);
    assert!(one != two && !one.is_submap(&two) && one.domain_is_subset(&two));
    assert!(two != one);
    two.remove(&*keys[3]);
    assert!(one != two && !one.is_submap(&two) && two.is_submap(&one));
    assert!(two != one);
    assert!(!one.domain_is_subset(&two));
}

#[test]
fn maps_of_several_hashers_are_joined() {
    let keys = things(20);
    let (mut one, two) = (of::<RandomState>(&keys[..10]), of::<AllAlike>(&keys[5..]));
    one |= &two;
    assert_eq!(one, of::<Fixed>(&keys));
    let mut shared = &two;
    shared |= &one;
    assert_eq!(one, two);
}

#[test]
fn keys_of_one_hash_are_told_apart_by_eq() {
    let keys = things(100);
    let map = of::<AllAlike>(&keys);
    assert_eq!(map.len(), 100);
    for key in &keys {
        let equal = thing(key.number);
        assert_eq!(map.get(&*equal), Some(key.number));
        assert!(Ptr::ptr_eq(&map.get_key(&*equal).unwrap(), key));
        assert_eq!(map.insert(&equal, key.number), Some(key.number));
    }
    assert_eq!(map.get(&*thing(100)), None);
    for (left, key) in (0..100).rev().zip(keys) {
        drop(key);
        assert_eq!(map.len(), left, "each death takes its own");
    }
}
