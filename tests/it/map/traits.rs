//! std's traits.

use std::collections::HashMap;

use weakref_core::{Slotted, WeakValueMap, weakref_count};

use super::*;

type Value = Slotted<u32, Here>;

fn values<const N: usize>(numbers: [u32; N]) -> [Ptr<Value>; N] {
    numbers.map(|number| Ptr::new(Slotted::new(number)))
}

/// The pairs in the map, in the order of their keys.
fn sorted<S>(map: &WeakValueMap<&'static str, Value, S>) -> Vec<(&'static str, u32)> {
    let mut pairs: Vec<_> = map.iter().map(|(key, value)| (key, **value)).collect();
    pairs.sort_unstable();
    pairs
}

#[test]
fn b258_debug_shows_the_living_entries() {
    let [one, two] = values([1, 2]);
    let map = WeakValueMap::from([("one", one.clone())]);
    assert_eq!(format!("{map:?}"), r#"{"one": 1}"#);
    map.insert("two", &two);
    drop(one);
    assert_eq!(format!("{map:?}"), r#"{"two": 2}"#);
    assert_eq!(format!("{map:#?}"), "{\n    \"two\": 2,\n}");
    drop(two);
    assert_eq!(format!("{map:?}"), "{}");
}

#[test]
fn debug_of_the_iterators_shows_what_is_left() {
    let [one] = values([1]);
    let map = WeakValueMap::from([("one", one.clone())]);
    let mut iter = map.iter();
    assert_eq!(format!("{iter:?}"), r#"[("one", 1)]"#);
    iter.next();
    assert_eq!(format!("{iter:?}"), "[]");
    let mut keys = map.keys();
    assert_eq!(format!("{keys:?} {:?}", map.values()), r#"["one"] [1]"#);
    keys.next_back();
    assert_eq!(format!("{keys:?}"), "[]");
    assert_eq!(format!("{:?}", map.into_iter()), r#"[("one", 1)]"#);
}

#[test]
fn default_is_empty_and_takes_any_default_hasher() {
    assert!(WeakValueMap::<String, Value>::default().is_empty());
    let map = WeakValueMap::<String, Value, AllAlike>::default();
    let [one] = values([1]);
    map.insert("one".into(), &one);
    assert!(map.contains_key("one"));
}

#[test]
fn b253_from_pairs() {
    let [one, two] = values([1, 2]);
    let map =
        WeakValueMap::from([("one", one.clone()), ("two", two.clone()), ("one", two.clone())]);
    assert_eq!(sorted(&map), [("one", 2), ("two", 2)], "the last of equal keys wins");
    assert_eq!(Ptr::strong_count(&two), 1, "the array's owners are dropped");

    let owners = HashMap::from([("one", one.clone()), ("two", two.clone())]);
    let borrowed = owners.iter().map(|(key, owner)| (*key, owner.clone()));
    let map: WeakValueMap<_, _, AllAlike> = borrowed.collect();
    assert_eq!(sorted(&map), [("one", 1), ("two", 2)]);
}

#[test]
fn what_only_the_pairs_owned_is_gone() {
    let [one, two] = values([1, 2]);
    let keep = one.clone();
    let map: WeakValueMap<_, _> = [("one", one), ("two", two)].into_iter().collect();
    assert_eq!(sorted(&map), [("one", 1)]);
    drop(keep);
    assert!(map.is_empty());
}

#[test]
fn b250_extend() {
    let [one, two, three] = values([1, 2, 3]);
    let mut map = WeakValueMap::from([("one", one.clone()), ("two", two.clone())]);
    map.extend([("two", three.clone()), ("three", three.clone())]);
    map.extend(Vec::<(&str, Ptr<Value>)>::new());
    assert_eq!(sorted(&map), [("one", 1), ("three", 3), ("two", 3)]);
    assert_eq!((weakref_count(&two), weakref_count(&three)), (0, 2));
    let other = WeakValueMap::from([("one", three.clone())]);
    map.extend(&other);
    assert_eq!(sorted(&map), [("one", 3), ("three", 3), ("two", 3)]);
    drop(three);
    assert!(map.is_empty());
}

#[test]
fn into_iterator_by_reference() {
    let [one] = values([1]);
    let map = WeakValueMap::from([("one", one.clone())]);
    let mut seen = Vec::new();
    for (key, value) in &map {
        map.remove(key);
        seen.push((key, value));
    }
    assert_eq!(seen, [("one", one)]);
    assert!(map.is_empty());
}

#[test]
fn into_iterator_by_value_moves_the_keys() {
    // No `Clone`.
    #[derive(PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
    struct Only(u8);
    let [one, two] = values([1, 2]);
    let map = WeakValueMap::from([(Only(1), one.clone()), (Only(2), two.clone())]);
    drop(two);
    let iter = map.into_iter();
    assert_eq!(weakref_count(&one), 0, "the map has dissolved");
    assert_eq!(iter.len(), 1);
    assert_eq!(iter.collect::<Vec<_>>(), [(Only(1), one)]);
}

#[test]
fn what_into_iter_does_not_give_is_dropped() {
    let tally = Tally::default();
    let actors: Vec<_> = (0..5).map(|number| counted(number, &tally)).collect();
    let (log, _until) = log_key_drops();
    let map: Map = actors.iter().map(|actor| (Key(actor.number), actor.clone())).collect();
    let mut iter = map.into_iter();
    drop(actors);
    assert_eq!(tally.count(), 5, "the iterator owns the values");
    assert!(iter.next_back().is_some() && iter.next().is_some());
    drop(iter);
    assert_eq!(tally.count(), 0);
    assert_eq!(log.borrow().len(), 5);
}

#[test]
fn b256_equality_compares_living_entries() {
    let [one, two, same] = values([1, 2, 1]);
    let left = WeakValueMap::from([("one", one.clone()), ("two", two.clone())]);
    let right = WeakValueMap::from([("one", same.clone())]);
    assert_ne!(left, right);
    assert_ne!(right, left);
    drop(two);
    assert_eq!(left, right, "equal values, not the same ones");
    assert_eq!(right, left);
    let [other] = values([3]);
    right.insert("one", &other);
    assert_ne!(left, right);
    right.clear();
    right.insert("other", &one);
    assert_ne!(left, right);
    drop((one, same, other));
    assert_eq!(left, right, "both are empty");
}

#[test]
fn equality_is_that_of_the_values() {
    let nan: Ptr<Slotted<f64, Here>> = Ptr::new(Slotted::new(f64::NAN));
    let map = WeakValueMap::from([("nan", nan.clone())]);
    #[allow(clippy::eq_op)]
    let equal = map == map;
    assert!(!equal);
}

#[test]
fn equality_does_not_count_what_has_left_its_pointer() {
    let [one, two] = values([1, 2]);
    let left = WeakValueMap::from([("one", one.clone()), ("two", two.clone())]);
    let right = WeakValueMap::from([("one", one.clone())]);
    let _moved = Ptr::try_unwrap(two).unwrap();
    assert_eq!((left.len(), right.len()), (2, 1));
    assert_eq!(left, right);
    assert_eq!(right, left);
}

#[test]
fn b348_b352_a_clone_is_independent() {
    let (map, mut actors) = cast::<AllAlike>(4);
    let clone = Map::clone(&map);
    assert_eq!(*map, clone);
    assert!(actors.iter().all(|actor| weakref_count(actor) == 2), "registered again");
    map.remove(&Key(0));
    let extra = actor(9);
    clone.insert(Key(9), &extra);
    assert_is(&map, pairs(&actors[1..]));
    assert_eq!(clone.len(), 5);
    drop(map);
    drop(actors.remove(1));
    assert_is(&clone, pairs(&actors).chain([(9, &extra)]));
    drop(extra);
    assert_ends_empty(&clone, actors);
}

#[test]
fn b348_a_clone_takes_the_hasher_too() {
    let [one] = values([1]);
    let map = WeakValueMap::from([("one", one.clone())]);
    let hash =
        |map: &WeakValueMap<&str, Value>| std::hash::BuildHasher::hash_one(map.hasher(), "text");
    assert_eq!(hash(&map), hash(&map.clone()));
}

#[test]
fn b352_cloning_while_entries_die() {
    let (map, actors) = cast::<AllAlike>(6);
    let owners = RefCell::new(actors);
    let _until = on(Call::KeyClone, move |_| {
        // One more dies with each key that is cloned; the visit itself owns what it has yet to see.
        owners.borrow_mut().pop();
    });
    let clone = Map::clone(&map);
    assert_is(&clone, []);
    assert_is(&map, []);
}

#[test]
fn maps_of_arcs_can_change_threads_and_maps_of_rcs_cannot() {
    /// Which of the two implementations applies is unclear if both do.
    trait Unclear<A> {
        const IS: () = ();
    }
    impl<T: ?Sized> Unclear<()> for T {}
    #[allow(dead_code)]
    struct ForSend;
    impl<T: ?Sized + Send> Unclear<ForSend> for T {}
    fn is_send_and_sync<T: Send + Sync>() {}

    // Compiles as `Rc` makes it not `Send`.
    let () = <WeakValueMap<u8, Slotted<u8, weakref_core::Local>> as Unclear<_>>::IS;
    is_send_and_sync::<WeakValueMap<String, Slotted<u8>>>();
    is_send_and_sync::<weakref_core::map::Iter<String, std::sync::Arc<Slotted<u8>>>>();
}

#[test]
fn a_map_is_covered_by_any() {
    // `'static` keys and values make a `'static` map.
    let map: Box<Object> = Box::new(WeakValueMap::<String, Value>::new());
    assert!(map.is::<WeakValueMap<String, Value>>());
}
