//! Values that leave their pointer without being dropped, and values that are made to look dead.

use weakref_core::{
    Slotted, WeakRef, WeakValueMap, clear_weakrefs, clear_weakrefs_silently, weakref_count,
};

use super::*;

type Texts = WeakValueMap<String, Slotted<u32, Here>>;

fn number(number: u32) -> Ptr<Slotted<u32, Here>> {
    Ptr::new(Slotted::new(number))
}

#[test]
fn a_value_that_has_left_its_pointer_counts_until_it_is_dropped() {
    let keys = Tally::default();
    let value = number(7);
    let map = WeakValueMap::new();
    map.insert(Counted(1, keys.token()), &value);
    let moved = Ptr::try_unwrap(value).unwrap();
    assert!(map.get(&1).is_none() && !map.contains_key(&1));
    assert!(map.keys().next().is_none() && map.values().next().is_none());
    map.for_each(|_, _| unreachable!());
    assert_eq!((map.len(), keys.count()), (1, 1));
    drop(moved);
    assert_eq!((map.len(), keys.count()), (0, 0));
}

#[test]
fn a_value_that_has_left_its_pointer_takes_no_newer_entry() {
    let [one, two] = [1, 2].map(number);
    let map = Texts::from([("key".into(), one.clone()), ("other".into(), one.clone())]);
    let moved = Ptr::try_unwrap(one).unwrap();
    assert!(map.insert("key".into(), &two).is_none());
    let again = Ptr::new(moved);
    assert!(map.insert("other".into(), &again).is_none());
    assert_eq!(map.len(), 2);
    // The first two registrations still stand in its slot, and find nothing that is dead.
    drop(again);
    assert_eq!(map.len(), 1);
    assert!(Ptr::ptr_eq(&map.get("key").unwrap(), &two));
    drop(two);
    assert!(map.is_empty());
}

#[test]
fn a_new_entry_does_not_stand_under_the_key_of_a_dead_one() {
    let [one, two] = [1, 2].map(number);
    let [old, new] = [Tally::default(), Tally::default()];
    let map = WeakValueMap::new();
    map.insert(Counted(1, old.token()), &one);
    let moved = Ptr::try_unwrap(one).unwrap();
    assert!(map.insert(Counted(1, new.token()), &two).is_none());
    assert_eq!((old.count(), new.count()), (0, 1));
    drop(moved);
    assert!(Ptr::ptr_eq(&map.get(&1).unwrap(), &two));
}

#[test]
fn clear_weakrefs_takes_the_entries_of_a_living_value() {
    for clear in [clear_weakrefs::<Ptr<Actor>>, clear_weakrefs_silently] {
        let (map, actors) = cast::<AllAlike>(4);
        map.insert(Key(9), &actors[2]);
        clear(&actors[2]);
        let left = pairs(&actors).filter(|pair| pair.0 != 2);
        assert_is(&map, left.collect::<Vec<_>>());
        assert_eq!(weakref_count(&actors[2]), 0);
        map.insert(Key(2), &actors[2]);
        assert_is(&map, pairs(&actors));
        assert_ends_empty(&map, actors);
    }
}

#[test]
fn clear_weakrefs_in_the_search_that_puts_the_value_under_another_key() {
    type Put = fn(&OneShard, &Ptr<Actor>);
    let puts: [(&str, Put); 6] = [
        ("insert", |map, value| drop(map.insert(Key(9), value))),
        ("replace_key", |map, value| drop(map.replace_key(Key(9), value))),
        ("update", |map, value| map.update([(Key(9), value.clone())])),
        ("or_insert", |map, value| drop(map.entry(Key(9)).or_insert(value.clone()))),
        ("insert_entry", |map, value| drop(map.entry(Key(9)).insert_entry(value.clone()))),
        ("get_or_insert_with", |map, value| {
            drop(map.get_or_insert_with(Key(9), || value.clone()));
        }),
    ];
    for (name, put) in puts {
        // In the first of the searches that it needs, and in the one after it.
        for skip in [0, 1] {
            let (map, actors) = cast::<AllAlike>(1);
            let (value, left) = (actors[0].clone(), std::cell::Cell::new(skip));
            let until = on(Call::KeyEq, move |_| {
                if left.replace(left.get() - 1) == 0 {
                    clear_weakrefs(&value);
                }
            });
            put(&map, &actors[0]);
            drop(until);
            assert_eq!(weakref_count(&actors[0]), map.len(), "{name}, after {skip}");
            drop(actors);
            assert_eq!(map.len(), 0, "{name}, after {skip}");
            assert_is(&map, []);
        }
    }
}

#[test]
fn clear_weakrefs_finds_the_entries_of_an_earlier_life() {
    let value = number(1);
    let map = Texts::from([("key".into(), value.clone()), ("other".into(), value.clone())]);
    let again = Ptr::new(Ptr::try_unwrap(value).unwrap());
    map.insert("other".into(), &again);
    assert_eq!(map.len(), 2);
    clear_weakrefs(&again);
    assert_eq!((map.len(), weakref_count(&again)), (0, 0));
}

#[test]
fn an_entry_that_a_callback_of_a_clear_puts_back_stays() {
    let map = Ptr::new(WeakValueMap::new());
    let object = number(7);
    let (again, owner) = (map.clone(), object.clone());
    // Newest and oldest, so that one of them runs before the registration of the entry would.
    let older = WeakRef::with_callback(&object, |_| ());
    map.insert("key", &object);
    let newer = WeakRef::with_callback(&object, move |_| {
        assert!(again.is_empty());
        again.insert("key", &owner);
    });
    clear_weakrefs(&object);
    assert!(Ptr::ptr_eq(&map.get("key").unwrap(), &object));
    drop((older, newer, object));
    assert!(map.is_empty());
}
