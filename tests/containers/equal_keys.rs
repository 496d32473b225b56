//! An equal key: which of the two objects stays, and which lookups find the entry.

use weakref_core::{RemovalCause::*, WeakRef, map::Entry, weakref_count};
use weakref_tests::Log;

use super::{
    Ptr,
    harness::{
        Container, EntryMap, Filled, KeyMap, Owner, Pair, Set, addresses, assert_is, counts,
        filled, item, items, log_removals, move_out,
    },
};

for_kinds! {
    by_equality:
    b239_b267_b291_an_equal_key_keeps_the_first_object
    b267_replace_takes_the_second_object
    b268_removed_and_inserted_again_under_the_new_key
    b266_b274_b290_an_equal_key_finds_and_removes_the_entry
    b243_b269_what_is_there_under_an_equal_key_is_given
    b253_b279_b298_the_first_key_and_the_last_value_of_an_array_win
    b356_joined_containers_keep_the_first_key_and_the_last_value
    a_replacement_is_told_with_the_key_that_leaves
    a_new_entry_does_not_stand_under_the_key_of_a_dead_one
}
for_kinds! { of_one_hash: keys_of_one_hash_are_told_apart_by_eq }
for_kinds! {
    maps_by_equality:
    an_entry_has_the_key_that_was_asked_for
    an_entry_keeps_what_it_has_found
    the_entry_of_an_equal_key_inserts_and_removes_what_is_there
}

/// Two entries with equal keys.
fn twins<C: Container>() -> [Pair; 2] {
    [C::pair(1), C::pair(1)]
}

#[track_caller]
fn assert_same(found: Option<Owner>, expected: &Owner) {
    assert!(found.is_some_and(|found| Ptr::ptr_eq(&found, expected)), "not {expected:?}");
}

/// What is in a container after the second of two entries with equal keys was inserted.
fn merged<C: Container>([first, second]: &[Pair; 2]) -> Pair {
    (first.0.clone(), if C::IS_SET { first.0.clone() } else { second.1.clone() })
}

fn b239_b267_b291_an_equal_key_keeps_the_first_object<C: Container>() {
    let (it, twins) = (C::default(), twins::<C>());
    let [first, second] = &twins;
    assert!(it.insert(&first.0, &first.1).is_none());
    assert_same(it.insert(&second.0, &second.1), &first.1);
    assert_is(&it, [&merged::<C>(&twins)]);
    assert_eq!(counts([&first.0, &second.0]), [usize::from(C::WEAK_KEYS), 0]);
    let value_count = usize::from(C::WEAK_VALUES);
    if !C::IS_SET {
        assert_eq!(counts([&first.1, &second.1]), [0, value_count]);
    }
    it.update(vec![second.clone()]);
    assert_same(it.or_insert(&second.0, &second.1), &merged::<C>(&twins).1);
    assert_is(&it, [&merged::<C>(&twins)]);
    let [first, (second, value)] = twins;
    // The death of the key that was not taken changes nothing.
    let third = item(1);
    drop(second);
    assert!(it.contains(&third));
    drop(first);
    if C::WEAK_KEYS {
        assert!(it.is_empty(), "the entry goes with the first key, though an equal one lives");
        it.insert(&third, &value);
        assert_same(it.get_pair(&third).map(|pair| pair.0), &third);
    }
    drop((third, value));
    assert!(it.is_empty());
}

fn b267_replace_takes_the_second_object<C: Container>() {
    let (it, [first, second]) = (C::default(), twins::<C>());
    assert!(it.replace(&first.0, &first.1).is_none());
    assert_same(it.replace(&second.0, &second.1), &first.1);
    assert_is(&it, [&second]);
    super::harness::assert_unregistered::<C>([&first]);
    drop(first);
    assert_is(&it, [&second]);
    // By itself: nothing but its registrations changes.
    assert_same(it.replace(&second.0, &second.1), &second.1);
    assert_is(&it, [&second]);
    drop(second);
    assert_is(&it, []);
}

fn b268_removed_and_inserted_again_under_the_new_key<C: Container>() {
    let (it, [first, second]) = (C::default(), twins::<C>());
    it.insert(&first.0, &first.1);
    assert_same(it.remove(&second.0), &first.1);
    assert!(it.remove(&second.0).is_none());
    it.insert(&second.0, &second.1);
    assert_is(&it, [&second]);
    drop(first);
    assert_is(&it, [&second]);
}

fn b266_b274_b290_an_equal_key_finds_and_removes_the_entry<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(5);
    let equal = item(3);
    assert_same(it.get(&equal), &pairs[3].1);
    assert_same(it.get_pair(&equal).map(|pair| pair.0), &pairs[3].0);
    assert!(it.contains(&equal));
    assert_same(it.change(&equal, &pairs[3].1), &pairs[3].1);
    assert_same(it.get_or_try_make(&equal, || Err(())).ok(), &pairs[3].1);
    let (key, value) = it.remove_pair(&equal).unwrap();
    assert!(Ptr::ptr_eq(&key, &pairs[3].0) && Ptr::ptr_eq(&value, &pairs[3].1));
    assert!(!it.contains(&key));
    assert_same(it.remove(&item(4)), &pairs[4].1);
    assert_eq!(weakref_count(&equal), 0, "to ask registers nothing");
    pairs.truncate(3);
    assert_is(&*it, &pairs);
}

fn b243_b269_what_is_there_under_an_equal_key_is_given<C: Container>() {
    let (it, [first, second]) = (C::default(), twins::<C>());
    it.insert(&first.0, &first.1);
    assert_same(Some(it.get_or_make(&second.0, || unreachable!())), &first.1);
    assert_same(it.get_or_try_make(&second.0, || Err(())).ok(), &first.1);
    assert_same(it.or_insert(&second.0, &second.1), &first.1);
    assert_is(&it, [&first]);
    assert_eq!(weakref_count(&second.0), 0);
}

fn b253_b279_b298_the_first_key_and_the_last_value_of_an_array_win<C: Container>() {
    let (twins, other) = (twins::<C>(), C::pair(2));
    let [one, two] = twins.clone();
    let it = C::from_array([one, two, other.clone(), C::pair(9)]);
    assert_is(&it, [&merged::<C>(&twins), &other]);
}

fn b356_joined_containers_keep_the_first_key_and_the_last_value<C: Container>() {
    let twins = twins::<C>();
    let [left, right] = twins.clone().map(|pair| C::collect_from(vec![pair]));
    let expected = merged::<C>(&twins);
    assert_is(&left.or(&right), [&expected]);
    left.or_assign(&right);
    assert_is(&left, [&expected]);
    assert_is(&right, [&twins[1]]);
    assert!(left == right && left.is_within(&right) && left.has_keys_within(&right));
}

fn a_replacement_is_told_with_the_key_that_leaves<C: Container>() {
    let (it, [first, second]) = (C::default(), twins::<C>());
    let log = Log::<(WeakRef<_>, _)>::default();
    let notes = log.clone();
    it.on_removal(move |key, cause| notes.put((key.clone(), cause)));
    it.insert(&first.0, &first.1);
    it.insert(&second.0, &second.1);
    it.replace(&second.0, &second.1);
    it.remove(&first.0);
    let told = log.take();
    let keys: Vec<_> = told.iter().map(|(key, _)| key.upgrade().unwrap()).collect();
    let causes: Vec<_> = told.iter().map(|(_, cause)| *cause).collect();
    let mut expected = vec![(&first.0, Replaced), (&first.0, Replaced), (&second.0, Removed)];
    if C::IS_SET {
        expected.remove(0);
    }
    assert_eq!(causes, expected.iter().map(|told| told.1).collect::<Vec<_>>());
    if C::WEAK_KEYS {
        let same = |(key, expected): (_, &(&Owner, _))| Ptr::ptr_eq(key, expected.0);
        assert!(keys.iter().zip(&expected).all(same), "{keys:?}");
    }
}

/// An entry of which a half is dead, but was not dropped, is not there: so its key is not the first.
fn a_new_entry_does_not_stand_under_the_key_of_a_dead_one<C: Container>() {
    let (it, [(key, value), second]) = (C::default(), twins::<C>());
    it.insert(&key, &value);
    let log = log_removals(&it);
    let moved = if C::WEAK_VALUES {
        let old = Ptr::downgrade(&key);
        let moved = move_out(value);
        assert!(it.insert(&second.0, &second.1).is_none());
        drop(key);
        assert!(old.upgrade().is_none(), "the old key is in the container");
        moved
    } else {
        drop(value);
        let moved = move_out(key);
        assert!(it.insert(&second.0, &second.1).is_none());
        moved
    };
    if C::WEAK_VALUES {
        assert_eq!(log.take(), [(Some(1), Died)]);
    }
    assert_eq!(it.pairs().len(), 1);
    assert_same(it.get_pair(&second.0).map(|pair| pair.0), &second.0);
    drop(moved);
    assert_is(&it, [&second]);
}

fn keys_of_one_hash_are_told_apart_by_eq<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(100);
    for pair in &pairs {
        assert_same(it.get(&item(pair.0.name())), &pair.1);
    }
    assert!(it.get(&item(100)).is_none());
    let mut chance = weakref_tests::Numbers(4711);
    while !pairs.is_empty() {
        let pair = pairs.swap_remove(chance.below(pairs.len()));
        match chance.below(4) {
            0 => assert_same(it.remove(&item(pair.0.name())), &pair.1),
            1 if C::WEAK_VALUES => weakref_core::clear_weakrefs(&pair.1),
            1 => weakref_core::clear_weakrefs(&pair.0),
            _ => drop(pair),
        }
        if pairs.len() % 10 == 0 {
            assert_is(&*it, &pairs);
        }
    }
    // One object in many entries.
    if C::WEAK_VALUES {
        let (keys, one, other) = (items(0..30), item(50), item(60));
        for key in &keys {
            it.insert(key, if key.name() % 2 == 0 { &one } else { &other });
        }
        weakref_core::clear_weakrefs(&one);
        assert_eq!((it.len(), counts([&one, &other])), (15, vec![0, 15]));
        drop(other);
        assert_is(&*it, []);
        assert_eq!(counts(&keys), [0; 30]);
    }
}

fn an_entry_has_the_key_that_was_asked_for<C: EntryMap>() {
    let (it, [first, second]) = (C::default(), twins::<C>());
    it.insert(&first.0, &first.1);
    assert!(Ptr::ptr_eq(it.entry(&second.0).key(), &second.0));
    let entry = it.occupied(&second.0);
    assert!(Ptr::ptr_eq(entry.key(), &second.0));
    assert_same(C::value(&entry), &first.1);
    let (key, value) = entry.remove_entry().unwrap();
    assert!(Ptr::ptr_eq(&key, &second.0) && Ptr::ptr_eq(&value, &first.1));
    assert_is(&it, []);
    assert!(matches!(it.entry(&first.0), Entry::Vacant(_)));
}

fn an_entry_keeps_what_it_has_found<C: EntryMap>() {
    let (it, [first, second]) = (C::default(), twins::<C>());
    it.insert(&first.0, &first.1);
    let entry = it.entry(&second.0);
    drop((first, second));
    assert_eq!(it.len(), 1);
    drop(entry);
    assert_is(&it, []);
}

fn the_entry_of_an_equal_key_inserts_and_removes_what_is_there<C: EntryMap>() {
    let twins = twins::<C>();
    let ([first, second], it) = (&twins, C::default());
    it.insert(&first.0, &first.1);
    assert_same(it.occupied(&second.0).insert(second.1.clone()), &first.1);
    assert_is(&it, [&merged::<C>(&twins)]);
    let entry = it.entry(&second.0).insert_entry(first.1.clone());
    assert_is(&it, [first]);
    assert_same(entry.remove(), &first.1);
    assert_is(&it, []);
    // What was inserted is kept by the entry.
    it.insert(&first.0, &first.1);
    let entry = it.entry(&second.0).insert_entry(second.1.clone());
    let [first, second] = twins;
    drop((first, second));
    assert_eq!(it.len(), 1);
    drop(entry);
    assert_is(&it, []);
    assert!(addresses(&it.keys()).is_empty());
}

/// What `or_insert` and its like return is about the entry that is there.
#[test]
fn an_entry_that_or_insert_returns_has_the_key_of_the_map() {
    let (map, [(first, value), (second, _)]) = (<KeyMap>::default(), twins::<KeyMap>());
    map.insert(&first, value);
    let entries = [
        map.entry(&second).or_insert(item(7)),
        map.entry(&second).or_insert_with(|| unreachable!()),
        map.entry(&second).or_insert_with_key(|_| unreachable!()),
        map.entry(&second).or_default(),
    ];
    assert!(entries.iter().all(|entry| Ptr::ptr_eq(entry.key(), &first)));
    drop((entries, first));
    assert!(map.is_empty());
    // There is none of the map yet.
    assert!(Ptr::ptr_eq(map.entry(&second).or_insert(item(7)).key(), &second));
}

#[test]
fn an_element_that_leaves_a_set_is_owned_by_the_caller() {
    let (set, [(first, _), (second, _)]) = (<Set>::default(), twins::<Set>());
    let weak = Ptr::downgrade(&first);
    set.insert(&first);
    let iter = set.iter();
    drop(first);
    let old = set.replace(&second).unwrap();
    drop(iter);
    assert!(weak.upgrade().is_some_and(|object| Ptr::ptr_eq(&object, &old)));
    drop(old);
    assert!(weak.upgrade().is_none());
    assert!(set.iter().eq([second]));
}
