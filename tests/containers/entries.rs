//! Entries of maps, occupied and vacant.

use std::cell::Cell;

use weakref_core::{RemovalCause::*, map::Entry, weakref_count};
use weakref_tests::{OOPS, assert_panics};

use super::{
    Ptr,
    harness::{
        EntryMap, Filled, Owner, assert_is, assert_unregistered, filled, item, log_removals,
        move_out_weak_half, owns_values,
    },
};

for_kinds! {
    maps:
    b243_b269_or_insert_and_its_like_return_what_is_there_or_insert
    or_default_inserts_a_default
    and_modify_shows_what_is_there
    an_occupied_entry_reads_replaces_and_removes
    a_vacant_entry_inserts_and_gives_its_key_back
    insert_entry_inserts_in_any_case
    a_vacant_entry_replaces_what_was_inserted_meanwhile
    an_occupied_entry_removes_what_it_found_and_nothing_else
    b245_an_entry_owns_its_key_and_its_value
    nothing_is_locked_while_an_entry_exists
    the_entry_of_a_dead_half_is_vacant
    b378_a_factory_of_an_entry_that_panics_changes_nothing
    entries_show_their_keys_and_values
    try_insert_inserts_what_is_not_there
    what_try_insert_did_not_insert_replaces_what_is_there
    try_insert_replaces_a_dead_half
    the_error_of_try_insert_says_what_is_there
}

#[track_caller]
fn assert_same(found: Option<Owner>, expected: &Owner) {
    assert!(found.is_some_and(|found| Ptr::ptr_eq(&found, expected)), "not {expected:?}");
}

fn b243_b269_or_insert_and_its_like_return_what_is_there_or_insert<C: EntryMap>() {
    let Filled { it, pairs } = filled::<C>(1);
    let (key, value) = &pairs[0];
    assert_same(C::given(it.entry(key).or_insert(item(7))), value);
    assert_same(C::given(it.entry(key).or_insert_with(|| unreachable!())), value);
    assert_same(C::given(it.entry(key).or_insert_with_key(|_| unreachable!())), value);
    assert_is(&*it, &pairs);
    let new = [1, 2, 3].map(C::pair);
    assert_same(C::given(it.entry(&new[0].0).or_insert(new[0].1.clone())), &new[0].1);
    assert_same(C::given(it.entry(&new[1].0).or_insert_with(|| new[1].1.clone())), &new[1].1);
    let made = it.entry(&new[2].0).or_insert_with_key(|asked| {
        assert!(Ptr::ptr_eq(asked, &new[2].0));
        new[2].1.clone()
    });
    assert_same(C::given(made), &new[2].1);
    assert_is(&*it, pairs.iter().chain(&new));
}

fn or_default_inserts_a_default<C: EntryMap>() {
    let (it, key) = (C::default(), item(1));
    let given = it.entry(&key).or_default();
    let value = C::given(given).unwrap();
    assert_eq!((value.name(), value.number), (0, 0));
    assert_same(C::given(it.entry(&key).or_default()), &value);
    assert_is(&it, [&(key, value)]);
}

fn and_modify_shows_what_is_there<C: EntryMap>() {
    let (it, (key, value), new) = (C::default(), C::pair(1), item(7));
    let shown = Cell::new(0);
    let modify = |there: C::Shown<'_>| {
        shown.set(shown.get() + 1);
        assert!(Ptr::ptr_eq(&C::modify(there, &new), &value));
    };
    assert_same(C::given(it.entry(&key).and_modify(modify).or_insert(value.clone())), &value);
    assert_eq!(shown.get(), 0);
    let given = C::given(it.entry(&key).and_modify(modify).or_insert(item(8)));
    assert_eq!(shown.get(), 1);
    assert_same(given, if owns_values::<C>() { &new } else { &value });
}

fn an_occupied_entry_reads_replaces_and_removes<C: EntryMap>() {
    let Filled { it, mut pairs } = filled::<C>(3);
    let log = log_removals(&*it);
    let (key, value) = pairs.remove(1);
    let new = item(7);
    assert!(Ptr::ptr_eq(it.occupied(&key).key(), &key));
    assert_same(C::value(&it.occupied(&key)), &value);
    let mut entry = it.occupied(&key);
    let other = item(8);
    assert_same(entry.insert(other.clone()), &value);
    assert_same(C::value(&entry), &other);
    assert_same(entry.insert(new.clone()), &other);
    assert_same(C::value(&entry), &new);
    assert!(Ptr::ptr_eq(entry.key(), &key));
    drop(entry);
    assert_eq!((weakref_count(&other), Ptr::strong_count(&other)), (0, 1));
    assert_same(it.get(&key), &new);
    assert_same(it.occupied(&key).remove(), &new);
    assert_is(&C::clone(&it), &pairs);
    it.insert(&key, &value);
    let (found, removed) = it.occupied(&key).remove_entry().unwrap();
    assert!(Ptr::ptr_eq(&found, &key));
    assert_same(Some(removed), &value);
    assert_eq!(log.take(), [Replaced, Replaced, Removed, Removed].map(|cause| (Some(1), cause)));
    drop(found);
    assert_unregistered::<C>([&(key, value)]);
    assert_is(&C::clone(&it), &pairs);
}

fn a_vacant_entry_inserts_and_gives_its_key_back<C: EntryMap>() {
    let (it, pair) = (C::default(), C::pair(1));
    let (key, value) = &pair;
    assert!(Ptr::ptr_eq(it.vacant(key).key(), key));
    assert!(Ptr::ptr_eq(&it.vacant(key).into_key(), key));
    assert!(it.is_empty(), "nothing happens until something is inserted");
    assert_same(C::given(it.vacant(key).insert(value.clone())), value);
    assert_is(&it, [&pair]);
    it.clear();
    let entry = it.vacant(key).insert_entry(value.clone());
    assert!(Ptr::ptr_eq(entry.key(), key));
    assert_same(C::value(&entry), value);
    drop(entry);
    assert_is(&it, [&pair]);
}

fn insert_entry_inserts_in_any_case<C: EntryMap>() {
    let (it, (key, value), new) = (C::default(), C::pair(1), item(7));
    let entry = it.entry(&key).insert_entry(value.clone());
    assert_same(C::value(&entry), &value);
    let newer = it.entry(&key).insert_entry(new.clone());
    assert_same(C::value(&newer), &new);
    drop(entry);
    assert_eq!(weakref_count(&value), 0);
    assert_same(newer.remove(), &new);
    assert_is(&it, []);
    let entry = it.entry(&key).insert_entry(new.clone());
    assert_same(entry.remove_entry().map(|pair| pair.1), &new);
    assert_is(&it, []);
}

fn a_vacant_entry_replaces_what_was_inserted_meanwhile<C: EntryMap>() {
    let (it, (key, value)) = (C::default(), C::pair(1));
    let [one, two] = [it.vacant(&key), it.vacant(&key)];
    let three = it.entry(&key);
    it.insert(&key, &value);
    assert_same(C::given(three.or_insert_with(|| unreachable!())), &value);
    let [new, newer] = [item(7), item(8)];
    let log = log_removals(&it);
    assert_same(C::given(one.insert(new.clone())), &new);
    assert_same(C::value(&two.insert_entry(newer.clone())), &newer);
    assert_eq!(log.take(), [(Some(1), Replaced); 2]);
    assert_is(&C::clone(&it), [&(key, newer)]);
}

fn an_occupied_entry_removes_what_it_found_and_nothing_else<C: EntryMap>() {
    let Filled { it, mut pairs } = filled::<C>(1);
    let (key, value) = pairs.pop().unwrap();
    let [one, two, mut three, four] = [(); 4].map(|()| it.occupied(&key));
    assert_same(it.remove(&key), &value);
    assert!(one.remove().is_none() && two.remove_entry().is_none());
    let new = item(7);
    assert!(three.insert(new.clone()).is_none(), "it is inserted all the same");
    assert!(four.remove().is_none(), "another value is there");
    assert_is(&*it, [&(key, new.clone())]);
    assert_same(three.remove(), &new);
    assert_is(&*it, []);
}

fn b245_an_entry_owns_its_key_and_its_value<C: EntryMap>() {
    let leaks = weakref_tests::Leaks::watch();
    let it = C::default();
    let entry = {
        let (key, value) = C::pair(1);
        it.insert(&key, &value);
        it.entry(&key)
    };
    assert_eq!((it.len(), leaks.alive()), (1, 2));
    drop(entry);
    assert_eq!((it.len(), leaks.alive()), (0, 0));
    let entry = it.entry(&item(1)).insert_entry(item(7));
    assert_eq!((it.len(), leaks.alive()), (1, 2));
    assert_eq!(entry.remove().unwrap().name(), 7);
    assert_eq!((it.len(), leaks.alive()), (0, 0));
    let given = it.entry(&item(1)).or_insert(item(7));
    assert_eq!(it.len(), usize::from(owns_values::<C>() || !C::WEAK_KEYS), "what it returns");
    drop(given);
    assert_is(&it, []);
    leaks.assert_none();
}

fn nothing_is_locked_while_an_entry_exists<C: EntryMap>() {
    let Filled { it, pairs } = filled::<C>(3);
    let entry = it.entry(&pairs[0].0);
    let vacant = it.entry(&pairs[1].0).and_modify(|_| it.clear());
    it.insert(&pairs[2].0, &pairs[2].1);
    assert_eq!((it.len(), it.pairs().len()), (1, 1));
    drop((entry, vacant));
    assert_is(&*it, &pairs[2..]);
}

fn the_entry_of_a_dead_half_is_vacant<C: EntryMap>() {
    let (it, pair) = (C::default(), C::pair(1));
    it.insert(&pair.0, &pair.1);
    let (moved, other) = move_out_weak_half::<C>(pair);
    let key = if C::WEAK_KEYS { item(1) } else { other.clone().unwrap() };
    assert!(matches!(it.entry(&key), Entry::Vacant(_)));
    let value = item(7);
    assert_same(C::given(it.entry(&key).or_insert(value.clone())), &value);
    drop(moved);
    assert_is(&it, [&(key, value)]);
}

fn b378_a_factory_of_an_entry_that_panics_changes_nothing<C: EntryMap>() {
    let filled = filled::<C>(2);
    let (new, it) = (item(9), &filled.it);
    assert_panics(OOPS, || drop(it.entry(&new).or_insert_with(|| panic!("{OOPS}"))));
    assert_panics(OOPS, || drop(it.entry(&filled.pairs[0].0).and_modify(|_| panic!("{OOPS}"))));
    assert_eq!((weakref_count(&new), Ptr::strong_count(&new)), (0, 1));
    filled.assert_untouched();
    let value = item(7);
    assert_same(C::given(it.entry(&new).or_insert_with(|| value.clone())), &value);
}

/// As those of std's maps do.
fn entries_show_their_keys_and_values<C: EntryMap>() {
    let (it, (key, value)) = (C::default(), C::pair(1));
    assert_eq!(format!("{:?}", it.entry(&key)), "Entry(VacantEntry(Item 1))");
    it.insert(&key, &value);
    let occupied = "OccupiedEntry { key: Item 1, value: Item 101, .. }";
    assert_eq!(format!("{:?}", it.entry(&key)), format!("Entry({occupied})"));
    assert_eq!(format!("{:?}", it.occupied(&key)), occupied);
    let mut shown = String::new();
    let entry = it.occupied(&key);
    let _ = it.entry(&key).and_modify(|_| shown = format!("{entry:?}")).or_insert(item(7));
    let locked = "OccupiedEntry { key: Item 1, value: <locked>, .. }";
    assert_eq!(shown, if owns_values::<C>() { locked } else { occupied });
}

fn try_insert_inserts_what_is_not_there<C: EntryMap>() {
    let Filled { it, mut pairs } = filled::<C>(3);
    let log = log_removals(&*it);
    let new = C::pair(9);
    assert!(it.try_insert(&new.0, &new.1).is_ok());
    pairs.push(new);
    for (key, value) in &pairs {
        // An equal key, which is another one.
        let (equal, other) = (item(key.name()), item(7));
        let asked = if C::BY_ADDRESS { key } else { &equal };
        let before = Ptr::strong_count(asked);
        let error = it.try_insert(asked, &other).unwrap_err();
        assert!(Ptr::ptr_eq(error.entry.key(), asked) && Ptr::ptr_eq(&error.value, &other));
        assert_same(C::value(&error.entry), value);
        drop(error);
        assert_eq!((weakref_count(&other), Ptr::strong_count(&other)), (0, 1));
        assert_eq!(Ptr::strong_count(asked), before);
    }
    assert!(log.take().is_empty());
    assert_is(&*it, &pairs);
    Filled { it, pairs }.assert_ends_empty();
}

fn what_try_insert_did_not_insert_replaces_what_is_there<C: EntryMap>() {
    let (it, (key, value), new) = (C::default(), C::pair(1), item(7));
    it.insert(&key, &value);
    let mut error = it.try_insert(&key, &new).unwrap_err();
    assert_same(error.entry.insert(error.value), &value);
    assert_same(C::value(&error.entry), &new);
    drop(error.entry);
    assert_is(&it, [&(key, new)]);
}

fn try_insert_replaces_a_dead_half<C: EntryMap>() {
    let (it, pair) = (C::default(), C::pair(1));
    it.insert(&pair.0, &pair.1);
    let (moved, other) = move_out_weak_half::<C>(pair);
    let key = if C::WEAK_KEYS { item(1) } else { other.clone().unwrap() };
    let value = item(7);
    assert!(it.try_insert(&key, &value).is_ok());
    drop(moved);
    assert_is(&it, [&(key, value)]);
}

fn the_error_of_try_insert_says_what_is_there<C: EntryMap>() {
    let (it, (key, value), new) = (C::default(), C::pair(1), item(7));
    it.insert(&key, &value);
    let error = it.try_insert(&key, &new).unwrap_err();
    assert_eq!(
        format!("{error:?}"),
        "OccupiedError { key: Item 1, old_value: Item 101, new_value: Item 7, .. }"
    );
    let message = "failed to insert Item 7, key Item 1 already exists with value Item 101";
    let error: &dyn std::error::Error = &error;
    assert_eq!(error.to_string(), message);
}
