//! `weakref_count` and `weakrefs`.

use weakref_core::{WeakRef, WeakValueMap, weakref_count, weakrefs};
use weakref_tests::Log;

use super::{Obj, Ptr, Shelf, owner};
use crate::support::assert_same;

#[test]
fn b086_counted_are_references_each_once() {
    let object = owner(7);
    assert_eq!(weakref_count(&object), 0);
    let plain = WeakRef::new(&object);
    let same = [WeakRef::new(&object), plain.clone()];
    assert_eq!(weakref_count(&object), 1);
    let called = WeakRef::with_callback(&object, |_| ());
    assert_eq!(weakref_count(&object), 2);
    let clone = called.clone();
    assert_eq!(weakref_count(&object), 2);
    let another = WeakRef::with_callback(&object, |_| ());
    assert_eq!(weakref_count(&object), 3);
    // Owners do not count.
    let other = object.clone();
    assert_eq!(weakref_count(&other), 3);
    drop((plain, same, called, clone, another));
    assert_eq!(weakref_count(&object), 0);
}

#[test]
fn b087_what_is_dropped_leaves_count_and_list() {
    let object = owner(7);
    let plain = WeakRef::new(&object);
    let [one, two, three] = [(); 3].map(|()| WeakRef::with_callback(&object, |_| ()));
    drop(two);
    assert_eq!(weakref_count(&object), 3);
    assert_same(&weakrefs(&object), &[&plain, &three, &one]);
    drop(plain);
    assert_eq!(weakref_count(&object), 2);
    assert_same(&weakrefs(&object), &[&three, &one]);
    drop(three);
    assert_same(&weakrefs(&object), &[&one]);
    drop(one);
    assert_eq!(weakref_count(&object), 0);
    assert!(weakrefs(&object).is_empty());
}

/// From then on it is one of those without callback.
#[test]
fn b087_what_is_detached_counts_as_without_callback() {
    let object = owner(7);
    let [one, two, three] = [(); 3].map(|()| WeakRef::with_callback(&object, |_| ()));
    two.detach();
    assert_eq!(weakref_count(&object), 3);
    three.detach();
    assert_eq!(weakref_count(&object), 2);
    assert_same(&weakrefs(&object)[1..], &[&one]);
    drop((two, three));
    assert_eq!(weakref_count(&object), 1);
    assert_same(&weakrefs(&object), &[&one]);
}

#[test]
fn b088_b089_the_list_has_the_plain_one_first_then_newest_first() {
    let log = Log::default();
    let object = owner(7);
    let older = WeakRef::with_callback(&object, log.call("older"));
    let plain = WeakRef::new(&object);
    let newer = WeakRef::with_callback(&object, log.call("newer"));
    let list = weakrefs(&object);
    assert_same(&list, &[&plain, &newer, &older]);

    // They are the references themselves: they keep the callbacks.
    drop((older, plain, newer));
    assert_eq!(weakref_count(&object), 3);
    assert!(list[1].has_callback());
    drop(object);
    assert_eq!(log.take(), ["newer", "older"]);
    drop(list);
}

#[test]
fn b092_entries_of_containers_are_counted_not_listed() {
    let object = owner(7);
    let called = WeakRef::with_callback(&object, |_| ());
    let map = WeakValueMap::from([("one", object.clone()), ("two", object.clone())]);
    assert_eq!(weakref_count(&object), 3);
    assert_same(&weakrefs(&object), &[&called]);

    map.remove("one");
    assert_eq!(weakref_count(&object), 2);
    map.insert("two", &owner(8));
    assert_eq!(weakref_count(&object), 1);
    map.insert("three", &object);
    drop(map);
    // A map that is gone may leave its note behind, but no reference.
    assert_same(&weakrefs(&object), &[&called]);
}

#[test]
fn slow_b094_counting_does_not_walk() {
    let object = owner(7);
    let refs: Vec<_> = (0..100_000).map(|_| WeakRef::with_callback(&object, |_| ())).collect();
    // A walk each would take hours.
    for _ in 0..100_000 {
        assert_eq!(weakref_count(&object), refs.len());
    }
}

/// Nobody can ask the dead, who have no owner; but what they had is free.
#[test]
fn b095_after_the_death_nothing_is_held() {
    let token = Ptr::new(());
    let object = owner(7);
    let refs = [(); 3].map(|()| {
        let token = token.clone();
        WeakRef::with_callback(&object, move |_: &WeakRef<_>| drop(token))
    });
    assert_eq!(Ptr::strong_count(&token), 4);
    drop(object);
    assert_eq!(Ptr::strong_count(&token), 1);
    assert!(refs.iter().all(|dead| dead.is_dead() && !dead.has_callback()));
}

#[test]
fn a_list_holds_no_owner() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let plain = WeakRef::new(&object);
    let called = WeakRef::with_callback(&object, |_| ());
    let list = weakrefs(&object);
    assert_eq!(Ptr::strong_count(&object), 1);
    drop(object);
    assert_eq!(log.take(), ["dropped"]);
    assert!(list.iter().all(WeakRef::is_dead));
    drop((plain, called));
}

#[test]
fn a_list_can_be_asked_for_in_a_callback() {
    let log = Log::default();
    let [dying, living] = [owner(1), owner(2)];
    let of_living = WeakRef::with_callback(&living, |_| ());
    let of_dying = WeakRef::with_callback(&dying, {
        let (log, living) = (log.clone(), living.clone());
        move |_: &WeakRef<_>| {
            log.note(format!("{} {}", weakref_count(&living), weakrefs(&living).len()));
        }
    });
    drop(dying);
    assert_eq!(log.take(), ["1 1"]);
    drop((of_living, of_dying));
}

/// One that was made through a pointer of another type cannot be expressed in this one: the plain
/// one stands for it, as the docs say. It is counted, and called.
#[test]
fn a_list_of_another_type() {
    trait Named: Send + Sync {}
    impl Named for i32 {}

    let log = Log::default();
    let number = owner(7);
    let of_number = WeakRef::with_callback(&number, log.call("number"));
    let named: Ptr<Obj<dyn Named>> = number.clone();
    let of_named = WeakRef::with_callback(&named, log.call("named"));
    assert_eq!((weakref_count(&number), weakref_count(&named)), (2, 2));
    let listed = weakrefs(&named);
    assert_same(&listed[..1], &[&of_named]);
    assert!(listed.len() == 2 && listed[1].is_same_reference(&WeakRef::new(&named)));

    drop((listed, number, named));
    assert_eq!(log.take(), ["named", "number"]);
    drop((of_number, of_named));
}

#[test]
fn the_list_keeps_up_with_the_slot() {
    let object = owner(7);
    let shelf = Shelf::new([]);
    for count in 1..50 {
        shelf.put(WeakRef::with_callback(&object, |_| ()));
        assert_eq!((weakref_count(&object), weakrefs(&object).len()), (count, count));
    }
    drop(shelf.take());
    assert_eq!((weakref_count(&object), weakrefs(&object).len()), (0, 0));
    // From the list back to a single one.
    let one = WeakRef::with_callback(&object, |_| ());
    assert_same(&weakrefs(&object), &[&one]);
}
