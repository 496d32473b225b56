//! `weakref_count` and `weakrefs` beside finalizers.

use std::time::Instant;

use weakref_core::{
    WeakRef, WeakValueMap, Weakrefable, finalize, finalize_on, weakref_count, weakrefs,
};
use weakref_tests::{Numbers, limit};

use super::{Obj, owner};
use crate::support::{assert_linear, assert_same};

#[test]
fn each_counts_while_it_is_alive() {
    let object = owner(7);
    let [one, two, three] = [(); 3].map(|()| finalize(&object, || ()));
    assert_eq!(weakref_count(&object), 3);
    let clone = one.clone();
    assert_eq!(weakref_count(&object), 3);
    one.call();
    drop((one, clone));
    assert_eq!(weakref_count(&object), 2);
    two.detach();
    drop(two);
    assert_eq!(weakref_count(&object), 1);
    drop(three.guard());
    assert_eq!(weakref_count(&object), 0);
}

/// Whoever holds its handle, a dead one refers to nothing.
#[test]
fn a_dead_one_does_not_count() {
    let object = owner(7);
    let finalizers = [(); 3].map(|()| finalize(&object, || ()));
    finalizers[0].call();
    finalizers[1].detach();
    let guard = finalizers[2].clone().guard();
    drop(guard);
    assert_eq!(weakref_count(&object), 0);
    assert!(weakrefs(&object).is_empty());
    drop(finalizers);
}

#[test]
fn unowned_ones_count_as_well() {
    let object = owner(7);
    let first = finalize_on(&*object, || ());
    assert_eq!(weakref_count(&object), 1);
    let plain = WeakRef::new(&object);
    assert_eq!(weakref_count(&object), 2);
    let second = finalize_on(&*object, || ());
    assert_eq!(weakref_count(&object), 3);
    first.call();
    assert_eq!(weakref_count(&object), 2);
    drop(plain);
    assert_eq!(weakref_count(&object), 1);
    second.detach();
    assert_eq!(weakref_count(&object), 0);
    assert_eq!(format!("{:?}", object.weak_slot()), "WeakSlot(0)");
}

#[test]
fn of_all_kinds() {
    let mut numbers = Numbers(87);
    for round in 0..100 {
        let object = owner(7);
        let map: WeakValueMap<usize, Obj<i32>> = WeakValueMap::new();
        let (mut owned, mut unowned, mut called) = (Vec::new(), Vec::new(), Vec::new());
        let mut plain = Vec::new();
        for step in 0..round {
            match numbers.below(10) {
                0 => owned.push(finalize(&object, || ())),
                1 | 2 => unowned.push(finalize_on(&*object, || ())),
                3 => called.push(WeakRef::with_callback(&object, |_| ())),
                4 => plain.push(WeakRef::new(&object)),
                5 => drop(map.insert(step, &object)),
                6 if !owned.is_empty() => {
                    let gone = owned.swap_remove(numbers.below(owned.len()));
                    assert!(gone.call().is_some());
                }
                7 if !unowned.is_empty() => {
                    let gone = unowned.swap_remove(numbers.below(unowned.len()));
                    assert!(gone.detach().is_some());
                }
                8 if !called.is_empty() => drop(called.remove(numbers.below(called.len()))),
                _ => drop(plain.pop()),
            }
            if numbers.below(3) > 0 {
                continue;
            }
            let registered = owned.len() + unowned.len() + called.len() + map.len();
            assert_eq!(weakref_count(&object), registered + usize::from(!plain.is_empty()));
            let all = plain.first().into_iter().chain(called.iter().rev());
            assert_same(&weakrefs(&object), &all.collect::<Vec<_>>());
        }
        drop(object);
        assert!(owned.iter().all(|one| !one.is_alive()));
        assert!(unowned.iter().all(|one| !one.is_alive()) && map.is_empty());
    }
}

/// However many are alive in the slot, those that come and go cost no walk over all of them.
#[test]
fn slow_coming_and_going_is_constant_in_a_full_slot() {
    let time = |alive: usize| {
        let value = Obj::<_>::new(7);
        for _ in 0..alive {
            finalize_on(&value, || ());
        }
        let start = Instant::now();
        for _ in 0..40_000 {
            finalize_on(&value, || ()).detach();
        }
        start.elapsed()
    };
    let few = time(0);
    // Just below, at, and just above where a list grows, whatever that does.
    for alive in (8..=15).flat_map(|power| [-2, -1, 0, 1].map(|more| (1_i32 << power) + more)) {
        let many = time(alive.unsigned_abs() as usize);
        // A walk over 32,768 takes thousands of times as long as the rest.
        assert!(many < (50 * few).max(limit(1)), "{alive} alive: {many:?}, none: {few:?}");
    }
}

#[test]
fn slow_making_and_taking_back_is_constant() {
    assert_linear(
        |size| (owner(7), size),
        |(object, size)| {
            let all: Vec<_> = (0..size).map(|_| finalize(&object, || ())).collect();
            for finalizer in all.into_iter().step_by(2) {
                finalizer.call();
            }
            drop(object);
        },
    );
}
