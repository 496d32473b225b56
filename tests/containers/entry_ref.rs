//! Entries of borrowed keys: an owned key is made only when something is inserted.

use std::cell::Cell;

use weakref_core::{Equivalent, WeakValueMap, map::Entry, weakref_count};

use super::{
    Ptr,
    harness::{Item, KeyRef, Owner, item},
};

thread_local! {
    /// How many keys have been made of borrowed ones.
    static MADE: Cell<u32> = const { Cell::new(0) };
}

/// A key that counts how often it is made, and cannot be cloned.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Made(u32);

impl Equivalent<Made> for KeyRef {
    fn equivalent(&self, key: &Made) -> bool {
        self.0 == key.0
    }
}

impl From<&KeyRef> for Made {
    fn from(key: &KeyRef) -> Self {
        MADE.set(MADE.get() + 1);
        Self(key.0)
    }
}

type Map = WeakValueMap<Made, Item>;

/// A map with one entry, and the value of it.
fn filled() -> (Map, Owner) {
    let (map, value) = (Map::new(), item(101));
    map.insert(Made(1), &value);
    (map, value)
}

fn is(owner: &Owner, expected: &Owner) -> bool {
    Ptr::ptr_eq(owner, expected)
}

#[test]
fn what_is_there_needs_no_key() {
    let (map, value) = filled();
    let entry = || map.entry_ref(&KeyRef(1));
    assert!(is(&entry().or_insert(item(7)), &value));
    assert!(is(&entry().or_insert_with(|| unreachable!()), &value));
    assert!(is(&entry().or_insert_with_key(|_| unreachable!()), &value));
    assert!(is(&entry().or_default(), &value));
    let mut shown = false;
    let entry = entry().and_modify(|owner| shown = is(owner, &value));
    assert_eq!(entry.key(), &&KeyRef(1));
    assert!(shown);
    let Entry::Occupied(entry) = entry else { panic!("{entry:?}") };
    assert!(is(entry.get(), &value));
    assert_eq!(format!("{entry:?}"), "OccupiedEntry { key: KeyRef(1), value: Item 101, .. }");
    let (key, removed) = entry.remove_entry().unwrap();
    assert!(is(&removed, &value) && *key == KeyRef(1));
    assert_eq!((map.len(), weakref_count(&value), MADE.get()), (0, 0, 0));
}

#[test]
fn what_is_not_there_needs_one() {
    let (map, value) = filled();
    let vacant = map.entry_ref(&KeyRef(2));
    assert_eq!(format!("{vacant:?}"), "Entry(VacantEntry(KeyRef(2)))");
    let Entry::Vacant(vacant) = vacant else { unreachable!() };
    assert_eq!(vacant.key(), &&KeyRef(2));
    assert_eq!(vacant.into_key(), &KeyRef(2));
    let refused = map.entry_ref(&KeyRef(2)).and_modify(|_| unreachable!());
    drop(refused);
    assert_eq!((map.len(), MADE.get()), (1, 0), "nothing happens until something is inserted");

    let new = [(); 5].map(|()| item(7));
    assert!(is(&map.entry_ref(&KeyRef(2)).or_insert(new[0].clone()), &new[0]));
    assert!(is(&map.entry_ref(&KeyRef(3)).or_insert_with(|| new[1].clone()), &new[1]));
    let with_key = map.entry_ref(&KeyRef(4)).or_insert_with_key(|key| {
        assert_eq!(**key, KeyRef(4));
        new[2].clone()
    });
    assert!(is(&with_key, &new[2]));
    let Entry::Vacant(vacant) = map.entry_ref(&KeyRef(5)) else { unreachable!() };
    assert!(is(&vacant.insert(new[3].clone()), &new[3]));
    let mut entry = map.entry_ref(&KeyRef(6)).insert_entry(new[4].clone());
    assert!(is(entry.get(), &new[4]));
    assert_eq!(MADE.get(), 5);
    for (name, value) in (2..).zip(&new) {
        assert!(is(&map.get(&Made(name)).unwrap(), value), "{name}");
    }
    assert!(is(&entry.insert(value.clone()).unwrap(), &new[4]));
    assert!(is(entry.get(), &value) && is(&map.get(&Made(6)).unwrap(), &value));
    assert!(entry.remove().is_some_and(|removed| is(&removed, &value)));
    drop((new, value, with_key));
    assert!(map.is_empty());
}

/// A factory runs once for a key, whichever way it is asked for.
#[test]
fn a_factory_that_uses_the_map_runs_once() {
    let (map, _value) = filled();
    let (outer, inner) = (item(7), item(8));
    let made = map.entry_ref(&KeyRef(2)).or_insert_with(|| {
        assert!(map.get(&Made(2)).is_none());
        map.insert(Made(2), &inner);
        outer.clone()
    });
    assert!(is(&made, &inner), "the value that was inserted meanwhile stays");
    assert_eq!(weakref_count(&outer), 0);
}

/// The map may live longer than the borrowed key, and the key longer than the map.
#[test]
fn the_borrows_are_independent() {
    let map = WeakValueMap::<String, Item>::new();
    let value = item(7);
    {
        let name = String::from("name");
        drop(map.entry_ref(name.as_str()).or_insert(value.clone()));
    }
    assert!(is(&map.get("name").unwrap(), &value));
    let lasting = {
        let map = WeakValueMap::<String, Item>::new();
        let name: &'static str = "name";
        match map.entry_ref(name) {
            Entry::Vacant(entry) => entry.into_key(),
            Entry::Occupied(_) => unreachable!(),
        }
    };
    assert_eq!(lasting, "name");
}
