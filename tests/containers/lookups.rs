//! One entry at a time: it is inserted, found and removed.

use weakref_core::weakref_count;

use super::{
    Ptr,
    harness::{
        Container, Filled, assert_is, assert_unregistered, filled, item, log_removals,
        move_out_weak_half, registrations, weak_half,
    },
};

for_kinds! {
    all:
    b298_a_new_container_is_empty
    insert_returns_what_was_there
    b234_b235_every_way_to_ask
    b236_b237_b273_b293_what_is_missing_is_none
    b237_b246_b274_remove_returns_the_entry_and_its_registrations
    b268_removed_and_inserted_again
    b232_a_temporary_object_is_gone_at_once
    b248_b275_b295_pop_returns_each_living_entry_once
    b263_b287_one_registration_for_each_half_and_none_for_a_lookup
    b289_what_is_held_weakly_is_not_owned
    one_object_in_many_containers
    slow_b242_b265_b305_len_follows_the_deaths
}

fn b298_a_new_container_is_empty<C: Container>() {
    for it in [C::default(), C::with_capacity(0), C::collect_from(Vec::new()), C::from_array([])] {
        assert_eq!((it.len(), it.capacity()), (0, 0));
        assert!(it.is_empty() && it.pop().is_none() && it.drain().is_empty());
        it.visit(&mut |_, _| unreachable!());
        it.retain(Box::new(|_, _| unreachable!()));
        assert_eq!(it.extract(Box::new(|_, _| unreachable!())).count(), 0);
        assert!(it.clone().into_pairs().is_empty());
        assert_is(&it, []);
    }
}

fn insert_returns_what_was_there<C: Container>() {
    let (it, pair, other) = (C::default(), C::pair(1), C::pair(2));
    assert!(it.insert(&pair.0, &pair.1).is_none());
    assert!(it.insert(&other.0, &other.1).is_none());
    for _ in 0..2 {
        // The same pair again.
        let there = it.insert(&pair.0, &pair.1).unwrap();
        assert!(Ptr::ptr_eq(&there, &pair.1));
        drop(there);
        assert_is(&it, [&pair, &other]);
        assert_eq!(registrations::<C>([&pair]), C::weak_count());
    }
    if !C::IS_SET {
        let new = (pair.0.clone(), item(7));
        let there = it.insert(&new.0, &new.1).unwrap();
        assert!(Ptr::ptr_eq(&there, &pair.1));
        drop(there);
        assert_is(&it, [&new, &other]);
        assert_eq!((weakref_count(&pair.1), Ptr::strong_count(&pair.1)), (0, 1));
        let newer = (pair.0.clone(), item(8));
        assert!(it.replace(&newer.0, &newer.1).is_some_and(|old| Ptr::ptr_eq(&old, &new.1)));
        assert_is(&it, [&newer, &other]);
    }
}

fn b234_b235_every_way_to_ask<C: Container>() {
    // `assert_is` asks in each of them.
    let Filled { it, pairs } = filled::<C>(30);
    assert_is(&*it, &pairs);
    if !C::IS_SET {
        assert!(!it.contains(&pairs[3].1), "a value is no key");
    }
    let found = it.get_pair(&pairs[0].0).unwrap();
    drop(pairs);
    assert_eq!(it.len(), 1, "what has been found is an owner");
    drop(found);
    assert_is(&*it, []);
}

fn b236_b237_b273_b293_what_is_missing_is_none<C: Container>() {
    let Filled { it, pairs } = filled::<C>(3);
    let log = log_removals(&*it);
    let missing = item(9);
    assert!(it.get(&missing).is_none() && it.get_pair(&missing).is_none());
    assert!(!it.contains(&missing) && it.change(&missing, &missing).is_none());
    assert!(it.remove(&missing).is_none() && it.remove_pair(&missing).is_none());
    assert!(it.entry_remove(&missing).is_none());
    assert_eq!(it.get_or_try_make(&missing, || Err("no")).unwrap_err(), "no");
    assert_eq!((weakref_count(&missing), Ptr::strong_count(&missing)), (0, 1));
    assert!(log.take().is_empty());
    assert_is(&*it, &pairs);
}

fn b237_b246_b274_remove_returns_the_entry_and_its_registrations<C: Container>() {
    let Filled { it, pairs } = filled::<C>(5);
    assert!(it.remove(&pairs[0].0).is_some_and(|value| Ptr::ptr_eq(&value, &pairs[0].1)));
    assert!(it.remove(&pairs[0].0).is_none());
    let (key, value) = it.remove_pair(&pairs[1].0).unwrap();
    assert!(Ptr::ptr_eq(&key, &pairs[1].0) && Ptr::ptr_eq(&value, &pairs[1].1));
    drop((key, value));
    assert!(it.remove_pair(&pairs[1].0).is_none());
    assert!(it.entry_remove(&pairs[2].0).is_some_and(|value| Ptr::ptr_eq(&value, &pairs[2].1)));
    assert_unregistered::<C>(&pairs[..3]);
    assert_is(&*it, &pairs[3..]);
    Filled { it, pairs }.assert_ends_empty();
}

fn b268_removed_and_inserted_again<C: Container>() {
    let filled = filled::<C>(3);
    let (key, value) = &filled.pairs[1];
    for _ in 0..100 {
        assert!(filled.it.remove(key).is_some());
        assert!(filled.it.insert(key, value).is_none());
    }
    filled.assert_untouched();
    filled.assert_ends_empty();
}

fn b232_a_temporary_object_is_gone_at_once<C: Container>() {
    let it = C::default();
    let (key, value) = C::pair(1);
    let asked = item(1);
    if C::WEAK_KEYS {
        drop(value);
        assert!(it.insert(&key, &item(7)).is_none());
        drop(key);
    } else {
        drop(value);
        assert!(it.insert(&key, &item(7)).is_none());
    }
    assert!(it.get(&asked).is_none());
    assert_is(&it, []);
    drop(it.get_or_make(&item(8), || item(8)));
    assert_is(&it, []);
    it.update(vec![C::pair(4)]);
    assert_is(&it, []);
    assert_is(&C::collect_from(vec![C::pair(5)]), []);
}

fn b248_b275_b295_pop_returns_each_living_entry_once<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(50);
    pairs.truncate(40);
    // Ten that are dead, but not dropped.
    let moved: Vec<_> = pairs.drain(30..).map(move_out_weak_half::<C>).collect();
    assert_eq!(it.len(), 40);
    let mut popped = Vec::new();
    while let Some(pair) = it.pop() {
        assert_eq!(registrations::<C>([&pair]), 0);
        popped.push(pair);
    }
    assert_eq!(popped.len(), 30);
    popped.sort_by_key(|pair| pair.0.name());
    for (popped, pair) in popped.iter().zip(&pairs) {
        assert!(Ptr::ptr_eq(&popped.0, &pair.0) && Ptr::ptr_eq(&popped.1, &pair.1));
    }
    drop((popped, moved));
    assert_is(&*it, []);
    assert_unregistered::<C>(&pairs);
}

fn b263_b287_one_registration_for_each_half_and_none_for_a_lookup<C: Container>() {
    let (it, other, pair) = (C::default(), C::default(), C::pair(1));
    let count = || registrations::<C>([&pair]);
    it.insert(&pair.0, &pair.1);
    it.insert(&pair.0, &pair.1);
    it.get_pair(&pair.0);
    it.visit(&mut |_, _| assert_eq!(count(), C::weak_count()));
    assert!(!other.contains(&pair.0));
    assert_eq!(count(), C::weak_count());
    other.insert(&pair.0, &pair.1);
    assert_eq!(count(), 2 * C::weak_count());
    drop(other);
    assert_eq!(count(), C::weak_count());
    it.retain(Box::new(|_, _| false));
    assert_eq!(count(), 0);
    it.insert(&pair.0, &pair.1);
    it.clear();
    assert_unregistered::<C>([&pair]);
}

fn b289_what_is_held_weakly_is_not_owned<C: Container>() {
    let (it, pair) = (C::default(), C::pair(1));
    let before = Ptr::strong_count(weak_half::<C>(&pair));
    it.insert(&pair.0, &pair.1);
    assert!(it.contains(&pair.0));
    assert_eq!(Ptr::strong_count(weak_half::<C>(&pair)), before);
    assert_eq!(Ptr::weak_count(weak_half::<C>(&pair)), 1);
    if owns_one_half::<C>() {
        let owned = if C::WEAK_KEYS { &pair.1 } else { &pair.0 };
        assert_eq!(Ptr::strong_count(owned), 2);
    }
}

fn owns_one_half<C: Container>() -> bool {
    C::weak_count() == 1 && !C::IS_SET
}

fn one_object_in_many_containers<C: Container>() {
    let containers: Vec<_> = (0..20).map(|_| C::default()).collect();
    let [doomed, other] = [1, 2].map(C::pair);
    for it in &containers {
        it.insert(&doomed.0, &doomed.1);
        it.insert(&other.0, &other.1);
    }
    assert_eq!(registrations::<C>([&doomed]), 20 * C::weak_count());
    containers[3].remove(&doomed.0);
    containers[4].replace(&doomed.0, &doomed.1);
    assert_eq!(registrations::<C>([&doomed]), 19 * C::weak_count());
    drop(doomed);
    for it in &containers {
        assert_is(it, [&other]);
    }
}

fn slow_b242_b265_b305_len_follows_the_deaths<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(1000);
    while let Some(pair) = pairs.pop() {
        assert_eq!((it.len(), it.is_empty()), (pairs.len() + 1, false));
        drop(pair);
    }
    assert_is(&*it, []);
}
