//! `WeakValueMap` owns its keys: when they are dropped and cloned, and who may borrow them.

use std::{
    cell::{Cell, RefCell},
    hash::{BuildHasher, Hash, Hasher, RandomState},
    rc::Rc,
};

use weakref_core::{Slotted, WeakValueMap, clear_weakrefs, weakref_count};
use weakref_tests::{
    AtDrop, Call, Counted, Key, OOPS, Tally, Until, caught, on, once, oops, panic_of,
};

use super::{
    Here, Ptr,
    harness::{Item, Owner, SameHash, item, items, move_out},
};

type Map<S = RandomState> = WeakValueMap<Key, Item, S>;
/// A map in which all keys have the same hash, and so one shard, and a visit is one visit.
type OneHash = Map<SameHash>;

/// A map from each number to the item whose name is 100 more.
fn filled<S: BuildHasher + Default>(size: u32) -> (Ptr<Map<S>>, Vec<Owner>) {
    let values = items(100..100 + size);
    let pairs = values.iter().map(|value| (key_of(value), value.clone()));
    (Ptr::new(pairs.collect()), values)
}

/// The key of a value. The name of an item is a `Key` as well, and another one.
fn key_of(value: &Item) -> Key {
    Key(value.name() % 100)
}

/// Asserts that the map consists of these values, each under its key, and that their death still
/// removes the entries.
#[track_caller]
fn assert_is<'a, S: BuildHasher>(map: &Map<S>, values: impl IntoIterator<Item = &'a Owner>) {
    let expected: Vec<_> = values.into_iter().collect();
    assert_eq!(map.len(), expected.len());
    let mut keys: Vec<_> = map.keys().map(|key| key.0).collect();
    let mut names: Vec<_> = expected.iter().map(|value| key_of(value).0).collect();
    keys.sort_unstable();
    names.sort_unstable();
    assert_eq!(keys, names);
    for value in expected {
        let found = map.get(&key_of(value));
        assert!(found.is_some_and(|found| Ptr::ptr_eq(&found, value)), "another {value:?}");
    }
    let guest = item(0);
    map.insert(Key(u32::MAX), &guest);
    drop(guest);
    assert!(!map.contains_key(&Key(u32::MAX)));
    assert_eq!(map.len(), names.len());
}

#[track_caller]
fn assert_ends_empty<S: BuildHasher>(map: &Map<S>, values: Vec<Owner>) {
    drop(values);
    assert_is(map, []);
}

/// Notes the numbers of the keys that are dropped while the result lives.
fn log_key_drops() -> (Rc<RefCell<Vec<u32>>>, Until) {
    let log = Rc::default();
    let notes: Rc<RefCell<Vec<u32>>> = Rc::clone(&log);
    let note = move |number| {
        if number < 100 {
            notes.borrow_mut().push(number);
        }
    };
    (log, on(Call::KeyDrop, note))
}

#[test]
fn b231_keys_go_with_their_entries() {
    let (log, _until) = log_key_drops();
    let (map, mut values) = filled::<RandomState>(50);
    drop(values.pop());
    assert_eq!(*log.borrow(), [49], "before the next use of the map");
    drop(map);
    assert_eq!(log.borrow().len(), 50);
    assert!(values.iter().all(|value| weakref_count(value) == 0));
}

/// A key that is counted, of which the text may stand anywhere.
type Named = Counted<&'static str>;

#[test]
fn b239_the_newer_of_two_equal_keys_is_dropped_or_taken() {
    let (keys, [one, two]) = (Tally::default(), [1, 2].map(item));
    let map = WeakValueMap::<Named, Item>::new();
    map.insert(Counted("key", keys.token()), &one);
    let stays = map.keys().next().unwrap().0.as_ptr();
    // Equal text at another place.
    let same = &"a key"[2..];
    assert!(map.insert(Counted(same, keys.token()), &two).is_some());
    let found = map.get_key_value(&"key").unwrap();
    assert!(std::ptr::eq(found.0.0.as_ptr(), stays) && Ptr::ptr_eq(&found.1, &two));
    drop(found);
    assert_eq!((keys.count(), weakref_count(&one), weakref_count(&two)), (1, 0, 1));
    map.replace_key(Counted(same, keys.token()), &one);
    assert!(std::ptr::eq(map.keys().next().unwrap().0.as_ptr(), same.as_ptr()));
    assert_eq!((keys.count(), weakref_count(&one), weakref_count(&two)), (1, 1, 0));
    // A dead entry is not there, so its key is not the first.
    let moved = move_out(one);
    let newest = Tally::default();
    assert!(map.insert(Counted("key", newest.token()), &two).is_none());
    assert_eq!((keys.count(), newest.count()), (0, 1));
    drop(moved);
    assert!(Ptr::ptr_eq(&map.get(&"key").unwrap(), &two));
}

#[test]
fn keys_without_size_and_without_clone() {
    #[derive(PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
    struct Only(u8);
    let [one, two] = [1, 2].map(|number| Ptr::new(Slotted::<u32, Here>::new(number)));
    let map = WeakValueMap::from([((), one.clone())]);
    assert_eq!(map.insert((), &two), Some(one.clone()));
    assert_eq!(map.iter().collect::<Vec<_>>(), [((), two.clone())]);
    map.for_each(|(), value| assert_eq!(***value, 2));
    let map = WeakValueMap::from([(Only(1), one.clone()), (Only(2), two.clone())]);
    let mut sum = 0;
    map.for_each(|key, _| sum += key.0);
    map.retain(|key, _| key.0 == 1);
    assert_eq!((sum, map.len()), (3, 1));
    map.insert(Only(2), &two);
    drop(two);
    let iter = map.into_iter();
    assert_eq!((weakref_count(&one), iter.len()), (0, 1));
    assert_eq!(iter.collect::<Vec<_>>(), [(Only(1), one)]);
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
    let map = WeakValueMap::from([(1, value.clone())]);
    assert_eq!(map.get(&1).unwrap().name(), "Ada");
    assert!(map.get_or_insert_with(1, || unreachable!()).name() == "Ada");
    map.retain(|_, value| value.name() == "Ada");
    drop(value);
    assert_eq!(map.len(), 1, "the plain pointer owns it too");
    drop(plain);
    assert!(map.is_empty());
}

/// A key that owns objects.
struct Owning(u32, #[allow(dead_code)] Option<Owner>);

impl PartialEq for Owning {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Owning {}

impl Hash for Owning {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[test]
fn keys_that_own_values_of_the_map() {
    let leaks = weakref_tests::Leaks::watch();
    // With each entry another one goes, inside the drop of its key.
    let (map, mut last) = (WeakValueMap::new(), item(100));
    for number in 0..100 {
        let next = item(number);
        map.insert(Owning(number, Some(last)), &next);
        last = next;
    }
    assert_eq!(map.len(), 100);
    drop(last);
    assert_eq!(map.len(), 0);
    // And where the map goes first.
    let (outer, inner) = (item(0), item(1));
    map.insert(Owning(1, None), &inner);
    map.insert(Owning(0, Some(inner)), &outer);
    drop(map);
    assert_eq!(leaks.alive(), 1);
    // A key that owns its own value keeps it: there are no ephemerons, as the docs of the crate say.
    let map = WeakValueMap::from([(Owning(0, Some(outer.clone())), outer)]);
    assert_eq!((map.len(), leaks.alive()), (1, 1));
    map.clear();
    leaks.assert_none();
}

#[test]
fn what_has_moved_out_takes_no_newer_entry() {
    let ([one, two], keys) = ([1, 2].map(item), Tally::default());
    let map = WeakValueMap::<Named, Item>::new();
    map.insert(Counted("key", keys.token()), &one);
    map.insert(Counted("other", keys.token()), &one);
    let moved = move_out(one);
    assert_eq!((map.len(), keys.count(), map.keys().len()), (2, 2, 0));
    assert!(map.insert(Counted("key", keys.token()), &two).is_none());
    let again = Ptr::new(moved);
    assert!(map.insert(Counted("other", keys.token()), &again).is_none());
    assert_eq!(map.len(), 2);
    // The first two registrations are still in its slot, and find nothing that is dead.
    drop(again);
    assert_eq!((map.len(), keys.count()), (1, 1));
    assert!(Ptr::ptr_eq(&map.get(&"key").unwrap(), &two));
    // A clear finds the entries of an earlier life.
    map.insert(Counted("other", keys.token()), &two);
    let again = Ptr::new(move_out(two));
    map.insert(Counted("other", keys.token()), &again);
    assert_eq!(map.len(), 2);
    clear_weakrefs(&again);
    assert_eq!((map.len(), weakref_count(&again), keys.count()), (0, 0, 0));
}

/// Runs a call in the first `call` that happens while `act` does its work: the key about which it is
/// may be in the map or not.
fn in_a_call(call: Call, act: impl Fn(&Ptr<OneHash>, &mut Vec<Owner>)) {
    type Inner = fn(&OneHash, u32, &Owner);
    let inner: [(&str, Inner); 14] = [
        ("get", |map, key, _| drop(map.get(&Key(key)))),
        ("get_key_value", |map, key, _| drop(map.get_key_value(&Key(key)))),
        ("insert", |map, key, value| drop(map.insert(Key(key), value))),
        ("remove_entry", |map, key, _| drop(map.remove_entry(&Key(key)))),
        ("get_or_insert_with", |map, key, value| {
            drop(map.get_or_insert_with(Key(key), || value.clone()));
        }),
        ("insert_entry", |map, key, value| drop(map.entry(Key(key)).insert_entry(value.clone()))),
        ("iter", |map, _, _| drop(map.iter())),
        ("clone", |map, _, _| drop(map.clone())),
        ("clear", |map, _, _| map.clear()),
        ("drain", |map, _, _| drop(map.drain())),
        ("pop", |map, _, _| drop(map.pop())),
        ("retain", |map, key, _| map.retain(|other, _| other.0 != key)),
        ("reserve", |map, _, _| map.reserve(1000)),
        ("for_each", |map, _, _| map.for_each(|_, _| ())),
    ];
    for (name, inner) in inner {
        for key in [0, 3, 50] {
            let (map, mut values) = filled::<SameHash>(6);
            let (this, value, calls) = (Ptr::clone(&map), item(key), Rc::new(Cell::new(0)));
            let (count, other) = (Rc::clone(&calls), value.clone());
            let until = once(call, move |_| {
                count.set(1);
                inner(&this, key, &other);
            });
            act(&map, &mut values);
            drop(until);
            assert_eq!(calls.get(), 1, "{name} has not been called");
            // Whatever has been done to it, it is whole.
            let left = map.values().collect::<Vec<_>>();
            assert_is(&map, &left);
            drop((left, value));
            assert_ends_empty(&map, values);
        }
    }
}

#[test]
fn a_keys_drop_may_use_the_map() {
    in_a_call(Call::KeyDrop, |_, values| drop(values.remove(1)));
    in_a_call(Call::KeyDrop, |map, _| drop(map.remove(&Key(1))));
    in_a_call(Call::KeyDrop, |map, _| drop(map.remove_entry(&Key(1))));
    in_a_call(Call::KeyDrop, |map, _| map.clear());
    in_a_call(Call::KeyDrop, |map, _| map.retain(|_, _| false));
    in_a_call(Call::KeyDrop, |map, _| map.for_each(|key, _| drop(map.remove(key))));
    // The newer of two equal keys.
    in_a_call(Call::KeyDrop, |map, values| drop(map.insert(Key(1), &values[1])));
    in_a_call(Call::KeyDrop, |map, _| drop(map.get_or_insert_with(Key(1), || item(1))));
}

#[test]
fn a_keys_clone_may_use_the_map() {
    in_a_call(Call::KeyClone, |map, _| drop(map.iter()));
    in_a_call(Call::KeyClone, |map, _| drop(map.keys()));
    in_a_call(Call::KeyClone, |map, _| drop(Map::clone(map)));
    in_a_call(Call::KeyClone, |map, _| drop(map.get_key_value(&Key(1))));
    in_a_call(Call::KeyClone, |map, _| map.for_each(|key, _| drop(map.remove_entry(key))));
}

#[test]
fn the_key_of_a_factory_that_fails_or_gives_way_is_dropped_outside() {
    let (map, values) = filled::<SameHash>(3);
    for fail in [|| Err(()), || panic!("{OOPS}")] {
        let inner = Ptr::clone(&map);
        let until = once(Call::KeyDrop, move |_| {
            assert!(inner.get(&Key(0)).is_some());
            // The key is free again.
            assert_eq!(inner.get_or_insert_with(Key(7), || item(8)).name(), 8);
        });
        let _ = caught(|| map.get_or_try_insert_with(Key(7), fail).is_err());
        drop(until);
        assert_is(&map, &values);
    }
    let (inner, meanwhile) = (Ptr::clone(&map), item(7));
    let until = once(Call::KeyDrop, move |_| assert_eq!(inner.len(), 4));
    let found = map.get_or_insert_with(Key(7), || {
        map.insert(Key(7), &meanwhile);
        item(8)
    });
    drop(until);
    assert!(Ptr::ptr_eq(&found, &meanwhile));
}

#[test]
fn a_key_dropped_by_the_panic_of_its_eq_may_use_the_map() {
    type Insert = fn(&OneHash, &Owner);
    let inserts: [Insert; 4] = [
        |map, value| drop(map.insert(Key(50), value)),
        |map, value| drop(map.replace_key(Key(50), value)),
        |map, value| drop(map.entry(Key(50)).or_insert(value.clone())),
        |map, value| drop(map.get_or_insert_with(Key(50), || value.clone())),
    ];
    for insert in inserts {
        let ((map, values), value) = (filled::<SameHash>(3), item(50));
        let (inner, drops) = (Ptr::clone(&map), Rc::new(Cell::new(0)));
        let count = Rc::clone(&drops);
        let until_drop = on(Call::KeyDrop, move |_| {
            count.set(count.get() + 1);
            assert_eq!(inner.len(), 3);
        });
        let until_eq = once(Call::KeyEq, oops);
        assert_eq!(panic_of(|| insert(&map, &value)), OOPS);
        drop((until_eq, until_drop));
        assert_eq!(drops.get(), 1);
        assert_is(&map, &values);
    }
}

#[test]
fn a_panicking_drop_of_a_key_at_a_death_stays_inside() {
    for listens in [false, true] {
        let (map, mut values) = filled::<SameHash>(5);
        if listens {
            map.on_removal(|_, _| ());
        }
        let until = on(Call::KeyDrop, |number| assert_ne!(number, 1, "{OOPS}"));
        let doomed = values.remove(1);
        assert_eq!(caught(|| drop(doomed)), Ok(()), "a death does not panic");
        drop(until);
        assert_is(&map, &values);
        // In the middle of a search.
        let doomed = values.remove(3);
        let until_eq = once(Call::KeyEq, move |_| drop(doomed));
        let until_drop = on(Call::KeyDrop, |number| assert_ne!(number, 4, "{OOPS}"));
        assert_eq!(map.get(&Key(0)).unwrap().name(), 100);
        drop((until_eq, until_drop));
        assert_is(&map, &values);
    }
}

#[test]
fn a_panicking_drop_of_a_key_that_is_replaced_or_removed() {
    type Act = fn(&OneHash, &[Owner]);
    let acts: [(Act, bool); 6] = [
        (|map, values| drop(map.insert(Key(1), &values[1])), true),
        (|map, _| drop(map.remove(&Key(1))), false),
        (|map, _| drop(map.remove_entry(&Key(1))), false),
        (|map, _| map.retain(|key, _| key.0 != 1), false),
        (|map, _| drop(map.get_or_insert_with(Key(1), || item(1))), true),
        (|map, _| map.for_each(|key, _| drop((key.0 == 1).then(|| map.remove(key)))), false),
    ];
    for (act, stays) in acts {
        let (map, values) = filled::<SameHash>(5);
        let until = once(Call::KeyDrop, oops);
        assert_eq!(panic_of(|| act(&map, &values)), OOPS);
        drop(until);
        assert_is(&map, values.iter().filter(|value| stays || value.name() != 101));
        assert_ends_empty(&map, values);
    }
}

#[test]
fn a_panicking_drop_of_a_key_in_clear_and_as_the_map_is_dropped() {
    let (map, values) = filled::<SameHash>(20);
    let until = once(Call::KeyDrop, oops);
    assert_eq!(panic_of(|| map.clear()), OOPS);
    drop(until);
    assert_is(&map, []);
    for value in &values {
        map.insert(key_of(value), value);
    }
    assert_is(&map, &values);
    let until = once(Call::KeyDrop, oops);
    assert_eq!(panic_of(|| drop(map)), OOPS);
    drop(until);
    assert!(values.iter().all(|value| weakref_count(value) == 0));
}

/// It waits for a key that is lent for ever, and goes with the map: not in a later death.
#[test]
fn a_panicking_drop_of_a_listener_that_a_forgotten_iterator_keeps() {
    let (map, mut values) = filled::<SameHash>(2);
    // A registration that outlives the map.
    let kept = move_out(values.pop().unwrap());
    let bomb = AtDrop(Some(|| oops(())));
    map.on_removal(move |_, _| {
        let _ = &bomb;
    });
    let mut iter = map.extract_if(|_, _| true);
    assert_eq!(iter.next().map(|(key, _)| key.0), Some(0));
    std::mem::forget(iter);
    drop(values);
    let map = Ptr::into_inner(map).unwrap();
    assert_eq!(panic_of(|| drop(map)), OOPS);
    drop(kept);
}

#[test]
fn a_panicking_clone_of_a_key() {
    type Act = fn(&OneHash);
    let acts: [(Act, bool); 6] = [
        (|map| drop(map.iter()), true),
        (|map| drop(map.keys()), true),
        (|map| drop(map.clone()), true),
        (|map| drop(map.get_key_value(&Key(1))), true),
        (|map| drop(map.into_iter()), true),
        (|map| map.for_each(|_, _| drop(map.remove_entry(&Key(1)))), false),
    ];
    for (act, stays) in acts {
        let (map, values) = filled::<SameHash>(5);
        let until = on(Call::KeyClone, |number| assert!(number != 1, "{OOPS}"));
        assert_eq!(panic_of(|| act(&map)), OOPS);
        drop(until);
        assert_is(&map, values.iter().filter(|value| stays || value.name() != 101));
        assert_eq!(weakref_count(&values[1]), usize::from(stays));
        assert_ends_empty(&map, values);
    }
}

#[test]
fn keys_that_a_visitor_borrows_are_found_and_not_dropped() {
    let (map, values) = filled::<SameHash>(5);
    let (log, until) = log_key_drops();
    map.for_each(|_, _| {
        for value in &values {
            let key = key_of(value);
            assert!(Ptr::ptr_eq(&map.get(&key).unwrap(), value));
            assert_eq!(map.get_key_value(&key).unwrap().0.0, key.0);
            assert!(map.contains_key(&key));
        }
        assert_eq!(map.keys().len(), 5);
    });
    log.borrow_mut().clear();
    map.for_each(|key, _| {
        let number = key.0;
        map.clear();
        // Still there to be looked at.
        assert_eq!(key.0, number);
        assert!(log.borrow().is_empty());
    });
    let mut dropped = log.borrow().clone();
    dropped.sort_unstable();
    assert_eq!(dropped, [0, 1, 2, 3, 4]);
    drop(until);
    assert_is(&map, []);
}

#[test]
fn a_removed_key_that_a_visitor_borrows_is_cloned() {
    let (map, values) = filled::<SameHash>(6);
    let clones = Rc::new(Cell::new(0));
    let count = Rc::clone(&clones);
    let _until = on(Call::KeyClone, move |_| count.set(count.get() + 1));
    map.for_each(|key, _| {
        if key.0 < 2 {
            let (removed, value) = map.remove_entry(key).unwrap();
            assert_eq!((removed.0, value.name()), (key.0, key.0 + 100));
        }
    });
    assert_eq!((clones.get(), map.len()), (2, 4));
    drop(map.remove_entry(&Key(2)));
    assert_eq!(clones.get(), 2, "one that nobody borrows is moved");
    map.for_each(|key, _| {
        if key.0 == 3 {
            assert!(map.pop().is_some());
            assert_eq!(map.drain().len(), 2);
        }
    });
    assert_eq!(clones.get(), 5);
    assert_ends_empty(&map, values);
}

#[test]
fn every_key_is_dropped_once() {
    let tally = Tally::default();
    let mut values = items(0..20);
    let map = WeakValueMap::new();
    let insert = |number: u32, value: &Owner| map.insert(Counted(number, tally.token()), value);
    for value in &values {
        insert(value.name(), value);
    }
    map.for_each(|key, value| match key.0 % 5 {
        0 => drop(map.remove(&key.0)),
        1 => drop(insert(key.0, value)),
        2 => drop(map.remove_entry(&key.0)),
        3 => values.retain(|value| value.name() != key.0),
        _ => map.for_each(|_, _| ()),
    });
    assert_eq!((map.len(), tally.count()), (8, 8));
    drop(map);
    assert_eq!(tally.count(), 0);
}

#[test]
fn a_key_that_is_removed_or_replaced_as_it_is_cloned() {
    let (map, values) = filled::<SameHash>(100);
    for key in 0..100 {
        assert_eq!(map.get_key_value(&Key(key)).unwrap().0.0, key);
    }
    // One loses its entry meanwhile, and one gets another value.
    let (inner, newer) = (Ptr::clone(&map), item(107));
    let other = newer.clone();
    let until = once(Call::KeyClone, move |number| {
        inner.remove(&Key(number));
        let _until = once(Call::KeyClone, {
            let (inner, other) = (Ptr::clone(&inner), other.clone());
            move |number| drop(inner.insert(Key(number), &other))
        });
        assert_eq!(inner.get_key_value(&Key(7)).unwrap().1.name(), 107);
    });
    assert_eq!(map.get_key_value(&Key(50)).unwrap().1.name(), 150);
    drop(until);
    let left = values.iter().filter(|value| value.name() != 107 && value.name() != 150);
    assert_is(&map, left.chain([&newer]));
    let _until = on(Call::KeyClone, |number| panic!("{number} is still borrowed"));
    for key in (0..100).filter(|key| *key != 50) {
        assert_eq!(map.remove_entry(&Key(key)).unwrap().0.0, key);
    }
    assert!(map.is_empty());
}

#[test]
fn what_into_iter_does_not_give_is_dropped() {
    let leaks = weakref_tests::Leaks::watch();
    let (map, values) = filled::<RandomState>(5);
    let (log, until) = log_key_drops();
    let mut iter = Ptr::into_inner(map).unwrap().into_iter();
    drop(values);
    assert_eq!(leaks.alive(), 5, "the iterator owns the values");
    assert!(iter.next_back().is_some() && iter.next().is_some());
    drop(iter);
    drop(until);
    leaks.assert_none();
    assert_eq!(log.borrow().len(), 5);
}

/// As `Rc` makes it not `Send`.
#[test]
fn b374_containers_of_arcs_can_change_threads_and_those_of_rcs_cannot() {
    use weakref_core::{Local, Shared, WeakKeyMap, WeakSet, WeakWeakMap};
    type Shareds = Slotted<u8, Shared>;
    type Iter = weakref_core::map::Iter<String, std::sync::Arc<Shareds>>;
    assert!(weakref_tests::implements!(WeakValueMap<String, Slotted<u8, Shared>>: Send + Sync));
    assert!(weakref_tests::implements!(WeakKeyMap<Slotted<u8, Shared>, String>: Send + Sync));
    assert!(weakref_tests::implements!(WeakSet<Slotted<u8, Shared>>: Send + Sync));
    assert!(weakref_tests::implements!(WeakWeakMap<Shareds, Shareds>: Send + Sync));
    assert!(!weakref_tests::implements!(WeakValueMap<u8, Slotted<u8, Local>>: Send));
    assert!(!weakref_tests::implements!(WeakKeyMap<Slotted<u8, Local>, u8>: Send));
    assert!(!weakref_tests::implements!(WeakSet<Slotted<u8, Local>>: Send));
    assert!(weakref_tests::implements!(Iter: Send + Sync));
}
