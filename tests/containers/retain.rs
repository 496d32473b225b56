//! `retain`.

use weakref_core::RemovalCause::*;

use super::{
    Ptr,
    harness::{
        Container, Filled, assert_is, assert_unregistered, filled, log_removals, owns_values,
    },
};

for_kinds! {
    all:
    retain_asks_once_about_each_and_removes_what_is_refused
    retain_leaves_what_was_replaced_meanwhile
    retain_may_be_called_inside_a_visit
    owners_may_be_dropped_inside_retain
}

fn retain_asks_once_about_each_and_removes_what_is_refused<C: Container>() {
    let Filled { it, pairs } = filled::<C>(100);
    let log = log_removals(&*it);
    let mut asked = Vec::new();
    it.retain(Box::new(|key, value| {
        let pair = &pairs[key.name() as usize];
        assert!(Ptr::ptr_eq(key, &pair.0) && Ptr::ptr_eq(value, &pair.1));
        asked.push(key.name());
        key.name() % 3 != 0
    }));
    asked.sort_unstable();
    assert!(asked.into_iter().eq(0..100));
    let (kept, removed): (Vec<_>, _) = pairs.into_iter().partition(|pair| pair.0.name() % 3 != 0);
    let mut told = log.take();
    told.sort_by_key(|told| told.0);
    assert!(told.into_iter().eq(removed.iter().map(|pair| (Some(pair.0.name()), Removed))));
    assert_unregistered::<C>(&removed);
    assert_is(&*it, &kept);
    Filled { it, pairs: kept }.assert_ends_empty();
}

fn retain_leaves_what_was_replaced_meanwhile<C: Container>() {
    let Filled { it, pairs } = filled::<C>(20);
    let new: Vec<_> = C::new_pairs(20);
    let mut first = None;
    it.retain(Box::new(|key, _| {
        if first.is_none() {
            first = Some(key.name());
            for ((key, _), new) in pairs.iter().zip(&new) {
                if Some(key.name()) != first {
                    it.remove(key);
                    it.insert(&new.0, &new.1);
                }
            }
        }
        // Asked about the old one, or the new one.
        new.iter().any(|pair| Ptr::ptr_eq(&pair.0, key))
    }));
    let left = new.iter().filter(|pair| Some(pair.0.name()) != first);
    assert_is(&*it, left);
    assert_unregistered::<C>(&pairs);
}

fn retain_may_be_called_inside_a_visit<C: Container>() {
    let filled = filled::<C>(5);
    let mut count = 0;
    filled.it.visit(&mut |_, _| {
        // Values that the container owns can be shown to one closure at a time.
        if !owns_values::<C>() {
            filled.it.retain(Box::new(|key, _| {
                filled.it.visit(&mut |inner, _| count += u32::from(Ptr::ptr_eq(inner, key)));
                true
            }));
        }
    });
    assert_eq!(count, if owns_values::<C>() { 0 } else { 25 });
    filled.assert_untouched();
    if !owns_values::<C>() {
        filled.it.visit(&mut |outer, _| {
            filled.it.retain(Box::new(|inner, _| inner.name() >= outer.name()));
        });
        assert_eq!(filled.it.len(), 1);
    }
}

fn owners_may_be_dropped_inside_retain<C: Container>() {
    let Filled { it, pairs } = filled::<C>(8);
    let mut pairs: Vec<_> = pairs.into_iter().map(Some).collect();
    it.retain(Box::new(|key, _| {
        // Whether it is kept or not.
        pairs[key.name() as usize].take();
        key.name() % 2 == 0
    }));
    assert_is(&*it, []);
}
