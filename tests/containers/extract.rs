//! `extract_if`.

use std::cell::Cell;

use weakref_core::RemovalCause::*;

use super::{
    Ptr,
    harness::{
        Container, Filled, assert_is, assert_unregistered, filled, item, log_removals, owns_values,
        registrations,
    },
};

for_kinds! {
    all:
    extract_if_goes_no_further_than_it_is_asked
    extract_if_gives_each_that_it_picks_once
    extract_if_does_not_give_what_was_removed_or_replaced_meanwhile
    an_iterator_that_is_forgotten_leaks_what_it_has_not_given_and_no_more
}

fn extract_if_goes_no_further_than_it_is_asked<C: Container>() {
    let (Filled { it, pairs }, asked) = (filled::<C>(20), Cell::new(0));
    let log = log_removals(&*it);
    let mut picked = it.extract(Box::new(|_, _| {
        asked.set(asked.get() + 1);
        true
    }));
    assert_eq!((asked.get(), it.len()), (0, 20), "it is lazy");
    let first = picked.next().unwrap();
    assert_eq!((asked.get(), it.len(), registrations::<C>([&first])), (1, 19, 0));
    drop(picked);
    assert_eq!(log.take(), [(Some(first.0.name()), Removed)]);
    // What it has not come to stays, and is not owned.
    let left = || pairs.iter().filter(|pair| !Ptr::ptr_eq(&pair.0, &first.0));
    assert_is(&*it, left());
    assert!(log.take().iter().all(|told| told.0 == Some(u32::MAX) || told.0.is_none()));
    drop(first);
    drop(pairs);
    assert_eq!(it.len(), 0, "it owns nothing any more");
}

fn extract_if_gives_each_that_it_picks_once<C: Container>() {
    let Filled { it, pairs } = filled::<C>(30);
    let (even, odd): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|pair| pair.0.name() % 2 == 0);
    let mut extracted: Vec<_> = it.extract(Box::new(|key, _| key.name() % 2 == 0)).collect();
    extracted.sort_by_key(|pair| pair.0.name());
    assert_eq!(extracted.len(), even.len());
    for (extracted, pair) in extracted.iter().zip(&even) {
        assert!(Ptr::ptr_eq(&extracted.0, &pair.0) && Ptr::ptr_eq(&extracted.1, &pair.1));
    }
    drop(extracted);
    assert_unregistered::<C>(&even);
    assert_is(&*it, &odd);
    assert_eq!(it.extract(Box::new(|_, _| true)).count(), 15);
    assert_is(&*it, []);
}

fn extract_if_does_not_give_what_was_removed_or_replaced_meanwhile<C: Container>() {
    if owns_values::<C>() {
        // The predicate has the value for itself.
        return;
    }
    let Filled { it, pairs } = filled::<C>(10);
    let new = item(50);
    let picked = it.extract(Box::new(|key, _| {
        if C::IS_SET || key.name() % 2 == 0 {
            assert!(it.remove_pair(key).is_some());
        } else {
            it.insert(key, &new);
        }
        true
    }));
    assert_eq!(picked.count(), 0);
    let replaced = pairs.into_iter().filter(|pair| !C::IS_SET && pair.0.name() % 2 == 1);
    let left: Vec<_> = replaced.map(|(key, _)| (key, new.clone())).collect();
    assert_is(&*it, &left);
}

fn an_iterator_that_is_forgotten_leaks_what_it_has_not_given_and_no_more<C: Container>() {
    let Filled { it, pairs } = filled::<C>(100);
    let mut some = it.extract(Box::new(|_, _| true));
    assert!(some.next().is_some());
    std::mem::forget(some);
    assert_eq!(it.len(), 99);
    assert!(it.contains(&pairs[3].0) || it.contains(&pairs[4].0));
    assert!(Ptr::into_inner(it).unwrap().into_pairs().len() < 100);
    drop(pairs);
}
