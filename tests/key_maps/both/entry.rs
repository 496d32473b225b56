//! `entry`, and all that an entry can do.

use weakref_core::map::Entry;

use super::*;

#[test]
fn or_insert_gives_what_is_there() {
    let (map, key) = (Numbers::default(), thing(1));
    assert_eq!(map.entry(&key).or_insert(7).get(), Some(7));
    assert_eq!(map.entry(&key).or_insert(8).get(), Some(7));
    assert_is(&map, [(&key, 7)]);
}

#[test]
fn b269_or_insert_with_calls_only_for_a_missing_key() {
    let (map, key) = (Numbers::default(), thing(3));
    assert_eq!(map.entry(&key).or_insert_with(|| 7).get(), Some(7));
    assert_eq!(map.entry(&key).or_insert_with(|| unreachable!()).get(), Some(7));
    map.remove(&*key);
    let entry = map.entry(&key).or_insert_with_key(|asked| {
        assert!(Ptr::ptr_eq(asked, &key));
        asked.number + 1
    });
    assert_eq!(entry.get(), Some(4));
    assert_eq!(map.entry(&key).or_insert_with_key(|_| unreachable!()).get(), Some(4));
}

#[test]
fn or_default_can_be_changed() {
    let (map, key) = (Map::<Thing, Vec<u32>>::default(), thing(1));
    for number in 0..3 {
        map.entry(&key).or_default().with_mut(|numbers| numbers.push(number));
    }
    assert_eq!(map.get(&*key), Some(vec![0, 1, 2]));
}

#[test]
fn and_modify_changes_only_what_is_there() {
    let (map, key) = (Numbers::default(), thing(1));
    let count = || map.entry(&key).and_modify(|count| *count += 1).or_insert(1).get();
    assert_eq!([count(), count(), count()], [1, 2, 3].map(Some));
}

#[test]
fn insert_entry_puts_it_there_in_any_case() {
    let (map, key) = (Numbers::default(), thing(1));
    let entry = map.entry(&key).insert_entry(1);
    assert_eq!(entry.get(), Some(1));
    assert!(Ptr::ptr_eq(entry.key(), &key));
    let newer = map.entry(&key).insert_entry(2);
    assert_eq!(newer.get(), Some(2));
    assert_eq!(entry.get(), None, "replaced");
    assert_is(&map, [(&key, 2)]);
}

#[test]
fn an_occupied_entry() {
    let (map, keys) = filled::<u32>(3);
    let occupied = || match map.entry(&keys[1]) {
        Entry::Occupied(entry) => entry,
        Entry::Vacant(entry) => panic!("{entry:?}"),
    };
    let entry = occupied();
    assert!(Ptr::ptr_eq(entry.key(), &keys[1]));
    assert_eq!(entry.get(), Some(10));
    assert_eq!(entry.with(|value| value + 1), Some(11));
    assert_eq!(entry.with_mut(|value| std::mem::replace(value, 5)), Some(10));
    assert_eq!(entry.insert(6), Some(5));
    assert_eq!(map.get(&*keys[1]), Some(6));
    assert_eq!(occupied().remove(), Some(6));
    assert!(!map.contains_key(&*keys[1]));
    map.insert(&keys[1], 7);
    let (key, value) = occupied().remove_entry().unwrap();
    assert!(Ptr::ptr_eq(&key, &keys[1]));
    assert_eq!(value, 7);
    assert_eq!(weakref_count(&key), 0);
    assert_eq!(map.len(), 2);
}

#[test]
fn a_vacant_entry() {
    let (map, key) = (Numbers::default(), thing(1));
    let vacant = || match map.entry(&key) {
        Entry::Vacant(entry) => entry,
        Entry::Occupied(entry) => panic!("{entry:?}"),
    };
    assert!(Ptr::ptr_eq(vacant().key(), &key));
    assert!(Ptr::ptr_eq(&vacant().into_key(), &key));
    assert!(map.is_empty(), "nothing happens until something is put there");
    assert_eq!(vacant().insert(7).get(), Some(7));
    map.clear();
    let entry = vacant().insert_entry(8);
    assert!(Ptr::ptr_eq(entry.key(), &key));
    assert_eq!(entry.get(), Some(8));
    assert_is(&map, [(&key, 8)]);
}

#[test]
fn an_entry_shows_its_key() {
    let (map, key) = (Numbers::default(), thing(1));
    assert_eq!(format!("{:?}", map.entry(&key)), "VacantEntry(Thing 1)");
    assert!(Ptr::ptr_eq(map.entry(&key).key(), &key));
    map.insert(&key, 7);
    assert_eq!(format!("{:?}", map.entry(&key)), "OccupiedEntry(Thing 1)");
    assert!(Ptr::ptr_eq(map.entry(&key).key(), &key));
}

#[test]
fn an_entry_owns_its_key() {
    let (map, key) = (Numbers::default(), thing(1));
    let entry = map.entry(&key).or_insert(7);
    drop(key);
    assert_eq!((entry.get(), map.len()), (Some(7), 1));
    drop(entry);
    assert!(map.is_empty());

    let key = thing(2);
    let vacant = map.entry(&key);
    drop(key);
    let entry = vacant.or_insert(8);
    assert_eq!(map.len(), 1);
    assert_eq!(entry.remove(), Some(8));
    assert!(map.is_empty());
}

#[test]
fn an_entry_of_what_others_have_removed() {
    let (map, keys) = filled::<u32>(1);
    let occupied = || match map.entry(&keys[0]) {
        Entry::Occupied(entry) => entry,
        Entry::Vacant(entry) => panic!("{entry:?}"),
    };
    let [one, two, three, four] = [occupied(), occupied(), occupied(), occupied()];
    assert_eq!(map.remove(&*keys[0]), Some(0));
    assert_eq!(one.get(), None);
    assert_eq!(one.with(|_| unreachable!()), None::<()>);
    assert_eq!(one.with_mut(|_| unreachable!()), None::<()>);
    assert_eq!(one.remove(), None);
    assert!(two.remove_entry().is_none());
    assert_eq!(three.insert(3), None, "it is put there all the same");
    assert_is(&map, [(&keys[0], 3)]);
    assert_eq!(four.remove(), None, "another has taken its place");
    assert_is(&map, [(&keys[0], 3)]);
}

#[test]
fn an_entry_that_others_have_filled() {
    let (map, key) = (Numbers::default(), thing(1));
    let vacant = || match map.entry(&key) {
        Entry::Vacant(entry) => entry,
        Entry::Occupied(entry) => panic!("{entry:?}"),
    };
    let [one, two] = [vacant(), vacant()];
    let three = map.entry(&key);
    map.insert(&key, 5);
    assert_eq!(three.or_insert_with(|| unreachable!()).get(), Some(5));
    assert_eq!(one.insert(6).get(), Some(6), "whatever is there by now");
    assert_eq!(two.insert_entry(7).get(), Some(7));
    assert_is(&map, [(&key, 7)]);
}

#[test]
fn nothing_is_locked_while_an_entry_exists() {
    let (map, keys) = filled::<u32>(3);
    let entry = map.entry(&keys[0]).or_insert(1);
    let vacant = map.entry(&keys[1]).and_modify(|value| {
        map.clear();
        *value = 5;
    });
    assert!(map.is_empty());
    map.insert(&keys[2], 2);
    drop((entry, vacant));
    assert_is(&map, [(&keys[2], 2)]);
}

#[test]
fn b378_a_factory_of_an_entry_that_panics() {
    let (map, keys) = filled::<u32>(2);
    let new = thing(9);
    assert_panics(OOPS, || map.entry(&new).or_insert_with(|| panic!("{OOPS}")));
    assert_panics(OOPS, || map.entry(&keys[0]).and_modify(|_| oops(())).or_insert(1));
    assert_is(&map, pairs(&keys));
    assert_eq!(weakref_count(&new), 0);
    assert_eq!(map.entry(&new).or_insert_with(|| 9).get(), Some(9));
}
