//! The methods, one by one.

use std::{
    borrow::Borrow,
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher},
};

use weakref_core::{Slotted, WeakRef, WeakValueMap, weakref_count};

use super::*;

type Texts = WeakValueMap<String, Slotted<u32, Here>>;

fn number(number: u32) -> Ptr<Slotted<u32, Here>> {
    Ptr::new(Slotted::new(number))
}

#[test]
fn b231_an_entry_goes_as_soon_as_its_value_dies() {
    let (map, mut actors) = cast::<std::hash::RandomState>(3);
    let second = actors.remove(1);
    let other_owner = second.clone();
    drop(second);
    assert_eq!(map.len(), 3);
    drop(other_owner);
    assert_is(&map, pairs(&actors));
    assert_ends_empty(&map, actors);
}

#[test]
fn b231_keys_are_owned_and_go_with_the_entry() {
    let keys = Tally::default();
    let value = number(1);
    let map = WeakValueMap::new();
    map.insert(Named("key", keys.token()), &value);
    assert_eq!(keys.count(), 1);
    drop(value);
    assert_eq!(keys.count(), 0, "before the next use of the map");
    assert!(map.is_empty());
}

/// A key that is counted.
#[derive(Debug, Clone)]
struct Named(&'static str, #[allow(dead_code)] Token);

impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl Eq for Named {}
impl Hash for Named {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl Borrow<str> for Named {
    fn borrow(&self) -> &str {
        self.0
    }
}

#[test]
fn b232_a_temporary_value_is_gone_at_once() {
    let map = Texts::new();
    assert!(map.insert("key".into(), &number(1)).is_none());
    assert_eq!(map.len(), 0);
    assert!(map.get("key").is_none());
}

#[test]
fn b234_get_returns_an_owner_of_the_very_value() {
    let value = number(1);
    let map = Texts::from([("key".into(), value.clone())]);
    let found = map.get("key").unwrap();
    assert!(Ptr::ptr_eq(&found, &value));
    assert_eq!(Ptr::strong_count(&value), 2);
    drop(value);
    assert_eq!(map.len(), 1, "what has been found is an owner");
    drop(found);
    assert!(map.is_empty());
}

#[test]
fn b235_b236_missing_and_dead_are_not_there() {
    let value = number(1);
    let map = Texts::from([("key".into(), value.clone())]);
    assert!(map.contains_key("key") && !map.contains_key("other"));
    assert!(map.get("other").is_none() && map.get_key_value("other").is_none());
    drop(value);
    assert!(!map.contains_key("key"));
    assert!(map.get("key").is_none() && map.get_key_value("key").is_none());
}

#[test]
fn contains_key_makes_no_owner() {
    let value = number(1);
    let map = Texts::from([("key".into(), value.clone())]);
    assert!(map.contains_key("key"));
    assert_eq!((Ptr::strong_count(&value), Ptr::weak_count(&value)), (1, 1));
}

#[test]
fn lookups_borrow_the_key() {
    let value = number(1);
    let map = Texts::from([("key".into(), value.clone())]);
    assert!(map.get("key").is_some() && map.get(&String::from("key")).is_some());
    assert_eq!(map.get_key_value("key"), Some((String::from("key"), value.clone())));
    assert_eq!(map.remove_entry("key"), Some((String::from("key"), value.clone())));
    map.insert("key".into(), &value);
    assert_eq!(map.remove("key"), Some(value));
}

#[test]
fn b237_b246_remove_returns_what_was_there() {
    let value = number(1);
    let map = Texts::from([("key".into(), value.clone()), ("other".into(), value.clone())]);
    assert!(Ptr::ptr_eq(&map.remove("key").unwrap(), &value));
    assert!(map.remove("key").is_none() && map.remove_entry("key").is_none());
    let (key, removed) = map.remove_entry("other").unwrap();
    assert!(key == "other" && Ptr::ptr_eq(&removed, &value));
    assert!(map.is_empty() && map.remove_entry("other").is_none());
    assert_eq!(weakref_count(&value), 0, "the registrations are taken back");
}

#[test]
fn b238_a_key_whose_value_has_just_died_is_missing() {
    let map = Ptr::new(Texts::new());
    let value = number(1);
    let inner = Ptr::clone(&map);
    // Newer than the map's registration: runs while the entry is still there, but dead.
    map.insert("key".into(), &value);
    let (send, seen) = std::sync::mpsc::channel();
    let _weak = WeakRef::with_callback(&value, move |_| {
        let there = (inner.get("key"), inner.contains_key("key"), inner.len());
        send.send((there, inner.remove("key"))).unwrap();
    });
    drop(value);
    assert_eq!(seen.recv().unwrap(), ((None, false, 1), None));
    assert!(map.is_empty());
}

#[test]
fn b239_the_first_key_stays() {
    let keys = Tally::default();
    let [one, two] = [1, 2].map(number);
    let map = WeakValueMap::new();
    assert!(map.insert(Named("key", keys.token()), &one).is_none());
    let (first, _) = map.get_key_value("key").unwrap();
    let stays = std::ptr::from_ref(first.0);
    // Equal text at another place.
    let same = &"a key"[2..];
    let replaced = map.insert(Named(same, keys.token()), &two).unwrap();
    assert!(Ptr::ptr_eq(&replaced, &one));
    let (now, value) = map.get_key_value("key").unwrap();
    assert!(std::ptr::eq(now.0, stays) && Ptr::ptr_eq(&value, &two));
    drop((first, now));
    assert_eq!(keys.count(), 1, "the newer key is dropped");
    assert_eq!(weakref_count(&one), 0, "the old value's registration is taken back");
    assert_eq!(weakref_count(&two), 1);
}

#[test]
fn b240_the_death_of_a_replaced_value_leaves_the_newer_entry() {
    let [one, two] = [1, 2].map(number);
    let map = Texts::from([("key".into(), one.clone())]);
    let stale = map.value_refs();
    map.insert("key".into(), &two);
    drop(one);
    assert!(stale[0].is_dead());
    assert!(Ptr::ptr_eq(&map.get("key").unwrap(), &two));
    assert_eq!(map.len(), 1);
}

#[test]
fn b363_a_death_told_late_takes_no_newer_entry() {
    // The value dies; before the map hears of it, the key gets a new value.
    let newer = number(2);
    let map = Ptr::new(Texts::new());
    let value = number(1);
    map.insert("key".into(), &value);
    let (inner, next) = (Ptr::clone(&map), newer.clone());
    let (send, replaced) = std::sync::mpsc::channel();
    let _weak = WeakRef::with_callback(&value, move |_| {
        send.send(inner.insert("key".into(), &next)).unwrap();
    });
    drop(value);
    assert_eq!(replaced.recv().unwrap(), None, "the replaced value was dead");
    assert!(Ptr::ptr_eq(&map.get("key").unwrap(), &newer));
    assert_eq!((map.len(), weakref_count(&newer)), (1, 1));
    drop(newer);
    assert!(map.is_empty());
}

#[test]
fn insert_again_of_the_same_value() {
    let value = number(1);
    let map = Texts::from([("key".into(), value.clone())]);
    assert!(Ptr::ptr_eq(&map.insert("key".into(), &value).unwrap(), &value));
    assert_eq!((map.len(), weakref_count(&value)), (1, 1));
    assert_eq!(Ptr::strong_count(&value), 1);
}

#[test]
fn b242_len_counts_entries() {
    let (map, mut actors) = cast::<std::hash::RandomState>(1000);
    assert_eq!(map.len(), 1000);
    while let Some(actor) = actors.pop() {
        drop(actor);
        assert_eq!(map.len(), actors.len());
    }
    assert!(map.is_empty());
}

#[test]
fn b243_get_or_insert_with_makes_what_is_not_there() {
    let map = Texts::new();
    let value = map.get_or_insert_with("key".into(), || number(1));
    let same = map.get_or_insert_with("key".into(), || unreachable!());
    assert!(Ptr::ptr_eq(&value, &same));
    drop((value, same));
    assert!(map.is_empty());
    let newer = map.get_or_insert_with("key".into(), || number(2));
    assert_eq!(**newer, 2);
    let failed = map.get_or_try_insert_with("other".into(), || Err("no"));
    assert_eq!(failed.unwrap_err(), "no");
    assert_eq!(map.len(), 1);
    let found = map.get_or_try_insert_with::<()>("key".into(), || unreachable!());
    assert!(Ptr::ptr_eq(&found.unwrap(), &newer));
}

#[test]
fn b245_get_or_insert_with_returns_an_owner() {
    let map = Texts::new();
    let value = map.get_or_insert_with("key".into(), || number(1));
    assert_eq!(Ptr::strong_count(&value), 1, "it is the only one");
    assert_eq!(map.len(), 1);
}

#[test]
fn b263_one_registration_an_entry() {
    let value = number(1);
    let map = Texts::new();
    for (count, key) in ["a", "b", "c"].into_iter().enumerate() {
        assert_eq!(weakref_count(&value), count);
        map.insert(key.into(), &value);
    }
    assert_eq!(weakref_count(&value), 3);
    map.remove("b");
    assert_eq!(weakref_count(&value), 2);
    map.retain(|key, _| key != "c");
    assert_eq!(weakref_count(&value), 1);
    map.clear();
    assert_eq!(weakref_count(&value), 0);
}

#[test]
fn clear_leaves_the_values() {
    let (map, actors) = cast::<std::hash::RandomState>(20);
    map.clear();
    assert_is(&map, []);
    assert!(actors.iter().all(|actor| weakref_count(actor) == 0));
    map.insert(Key(3), &actors[3]);
    assert_is(&map, pairs(&actors[3..4]));
}

#[test]
fn a_value_under_many_keys_is_taken_back_one_by_one() {
    const KEYS: u32 = 20_000;
    let value = actor(0);
    let map: Map = Map::new();
    for key in 0..KEYS {
        map.insert(Key(key), &value);
    }
    assert_eq!(weakref_count(&value), KEYS as usize);
    // Neither in the order of insertion nor in the reverse; were each a search through the list,
    // this would take 200 million steps.
    for step in 0..KEYS / 2 {
        let key = step * 7919 % KEYS;
        assert!(map.remove(&Key(key)).is_some(), "{key}");
        assert_eq!(weakref_count(&value), (KEYS - 1 - step) as usize);
    }
    assert_eq!(map.len(), KEYS as usize / 2);
    map.insert(Key(0), &value);
    drop(value);
    assert!(map.is_empty());
}

#[test]
fn hashers_are_the_users() {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let value = number(1);
    let map = WeakValueMap::with_hasher(hasher.clone());
    map.insert(12_u8, &value);
    assert_eq!(map.hasher().hash_one("x"), hasher.hash_one("x"));
    assert!(map.contains_key(&12));
    let sized = WeakValueMap::<u8, Actor, _>::with_capacity_and_hasher(100, hasher);
    assert!(sized.capacity() >= 100 && sized.is_empty());
}

#[test]
fn keys_of_one_hash_are_told_apart() {
    let (map, mut actors) = cast::<AllAlike>(50);
    assert_is(&map, pairs(&actors));
    for number in [30, 0, 10] {
        drop(actors.remove(number));
        assert_is(&map, pairs(&actors));
    }
    let removed = actors.remove(5);
    assert!(Ptr::ptr_eq(&map.remove(&Key(removed.number)).unwrap(), &removed));
    assert_is(&map, pairs(&actors));
    assert_ends_empty(&map, actors);
}

#[test]
fn keys_without_size() {
    let [one, two] = [1, 2].map(number);
    let map = WeakValueMap::from([((), one.clone())]);
    assert_eq!(map.insert((), &two), Some(one));
    assert_eq!(map.iter().collect::<Vec<_>>(), [((), two.clone())]);
    map.for_each(|(), value| assert_eq!(***value, 2));
    drop(two);
    assert!(map.is_empty());
}

#[test]
fn values_of_many_maps() {
    let value = number(1);
    let maps: Vec<_> = (0..5).map(|_| Texts::from([("key".into(), value.clone())])).collect();
    assert_eq!(weakref_count(&value), 5);
    maps[2].clear();
    assert_eq!(weakref_count(&value), 4);
    drop(value);
    assert!(maps.iter().all(Texts::is_empty));
}

#[test]
fn values_of_a_trait() {
    trait Named {
        fn name(&self) -> &str;
    }
    struct Text(String);
    impl Named for Text {
        fn name(&self) -> &str {
            &self.0
        }
    }
    type AnyNamed = dyn Named + Send + Sync;

    let plain: Ptr<Slotted<Text, Here>> = Ptr::new(Slotted::new(Text("Ada".into())));
    let value: Ptr<Slotted<AnyNamed, Here>> = plain.clone();
    let map = WeakValueMap::new();
    map.insert(1, &value);
    assert_eq!(map.get(&1).unwrap().name(), "Ada");
    assert!(map.get_or_insert_with(1, || unreachable!()).name() == "Ada");
    map.retain(|_, value| value.name() == "Ada");
    assert_eq!(map.len(), 1);
    drop(value);
    assert_eq!(map.len(), 1, "the plain pointer owns it too");
    drop(plain);
    assert!(map.is_empty());
}

#[test]
fn b361_b379_a_value_removed_by_hand_dies_in_peace() {
    let (map, mut actors) = cast::<std::hash::RandomState>(3);
    map.remove(&Key(1));
    drop(actors.remove(1));
    assert_is(&map, pairs(&actors));
    map.clear();
    map.insert(Key(0), &actors[1]);
    drop(actors.remove(0));
    assert_eq!(map.len(), 1, "under a key that the dead one had");
}
