//! `clear_weakrefs`, `clear_weakrefs_silently` and `detach`, on living objects.

use weakref_core::{
    WeakRef, WeakValueMap, clear_weakrefs, clear_weakrefs_silently, error::ReferenceError,
    weakref_count, weakrefs,
};
use weakref_tests::Log;

use super::{Obj, Ptr, owner};
use crate::support::assert_same;

#[test]
fn b396_clear_runs_the_callbacks_newest_first() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let refs = ["older", "newer"].map(|name| WeakRef::with_callback(&object, log.call(name)));
    clear_weakrefs(&object);
    assert_eq!(log.take(), ["newer", "older"]);
    assert!(refs.iter().all(|weak| weak.is_dead() && weak.upgrade().is_none()));
    assert!(refs.iter().all(|weak| weak.with(|_| ()).is_none() && !weak.has_callback()));

    // Once: neither a second time nor at the death.
    clear_weakrefs(&object);
    drop(object);
    assert_eq!(log.take(), ["dropped"]);
}

#[test]
fn b397_clear_silently_runs_nothing_and_keeps_the_callbacks() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let [one, two] = [(); 2].map(|()| {
        let captured = log.drop("released");
        WeakRef::with_callback(&object, move |_: &WeakRef<_>| panic!("{captured:?}"))
    });
    clear_weakrefs_silently(&object);
    assert!(one.is_dead() && two.is_dead() && one.upgrade().is_none());
    assert!(log.take().is_empty(), "they stay with their references");
    drop(one);
    assert_eq!(log.take(), ["released"]);
    drop(object);
    assert_eq!(log.take(), ["dropped"]);
    drop(two);
    assert_eq!(log.take(), ["released"]);
}

#[test]
fn clearing_removes_the_entries_of_containers() {
    for clear in [clear_weakrefs::<Ptr<Obj<i32>>>, clear_weakrefs_silently] {
        let [object, other] = [owner(7), owner(8)];
        let map = WeakValueMap::from([("one", object.clone()), ("two", object.clone())]);
        map.insert("other", &other);
        clear(&object);
        assert_eq!(map.len(), 1);
        assert!(map.get("one").is_none() && map.get("other").is_some());
        assert_eq!((weakref_count(&object), weakref_count(&other)), (0, 1));
    }
}

/// They are std `Weak`s, as the docs say.
#[test]
fn clearing_leaves_references_without_callback_alone() {
    for clear in [clear_weakrefs::<Ptr<Obj<i32>>>, clear_weakrefs_silently] {
        let object = owner(7);
        let plain = WeakRef::new(&object);
        let called = WeakRef::with_callback(&object, |_| ());
        clear(&object);
        assert!(called.is_dead());
        assert!(plain.upgrade().is_some_and(|same| Ptr::ptr_eq(&same, &object)));
    }
}

#[test]
fn a_cleared_object_can_be_referred_to_again() {
    let log = Log::default();
    let object = owner(7);
    let first = WeakRef::with_callback(&object, log.call("first"));
    clear_weakrefs_silently(&object);
    let second = WeakRef::with_callback(&object, log.call("second"));
    assert!(first.is_dead() && !second.is_dead());
    assert!(first != second && !first.is_same_reference(&second));
    assert!(weakrefs(&object).iter().any(|weak| weak.is_same_reference(&second)));
    // The old one goes, and takes nothing along.
    drop(first);
    assert_eq!(weakref_count(&object), 1);
    drop(object);
    assert_eq!(log.take(), ["second"]);
    drop(second);
}

/// A cleared reference holds a weak count, but none that is registered.
#[test]
fn b088_a_cleared_reference_is_not_listed() {
    let object = owner(7);
    let cleared = WeakRef::with_callback(&object, |_| ());
    clear_weakrefs(&object);
    let plain = WeakRef::new(&object);
    assert_same(&weakrefs(&object), &[&plain]);
    drop(plain);
    assert_eq!(weakrefs(&object).len(), weakref_count(&object));
    assert!(cleared.is_dead());
}

#[test]
fn b086_a_cleared_reference_counts_as_one_without_callback() {
    let object = owner(7);
    let cleared = [(); 3].map(|()| WeakRef::with_callback(&object, |_| ()));
    assert_eq!(weakref_count(&object), 3);
    clear_weakrefs(&object);
    assert_eq!(weakref_count(&object), 1);
    drop(cleared);
    assert_eq!(weakref_count(&object), 0);
}

#[test]
fn cleared_references_hash_and_compare_as_the_dead_do() {
    let object = owner(7);
    let [hashed, never] = [(); 2].map(|()| WeakRef::with_callback(&object, |_| ()));
    let hash = hashed.try_hash();
    assert!(hash.is_ok() && hashed == never);
    clear_weakrefs_silently(&object);
    assert_eq!(hashed.try_hash(), hash);
    assert_eq!(never.try_hash(), Err(ReferenceError));
    assert!(hashed != never && hashed == hashed.clone());
    assert!(format!("{hashed:?}").contains("dead"));
}

#[test]
fn b037_all_are_dead_before_the_first_callback_of_a_clear() {
    let log = Log::default();
    let object = owner(7);
    let older = WeakRef::with_callback(&object, |_| ());
    let newer = WeakRef::with_callback(&object, {
        let (log, older) = (log.clone(), older.clone());
        move |me: &WeakRef<_>| {
            log.note(format!("{} {}", me.upgrade().is_some(), older.upgrade().is_some()));
        }
    });
    clear_weakrefs(&object);
    assert_eq!(log.take(), ["false false"]);
    drop((older, newer));
}

#[test]
fn a_callback_drops_the_last_owner_of_the_cleared_object() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let weak = WeakRef::with_callback(&object, {
        let (log, object) = (log.clone(), object.clone());
        move |_: &WeakRef<_>| {
            drop(object);
            log.note("called");
        }
    });
    clear_weakrefs(&object);
    assert_eq!(log.take(), ["called"], "the caller has an owner");
    assert_eq!(Ptr::strong_count(&object), 1);
    drop(object);
    assert_eq!(log.take(), ["dropped"]);
    drop(weak);
}

#[test]
fn clearing_what_has_nothing() {
    let object = owner(7);
    clear_weakrefs(&object);
    clear_weakrefs_silently(&object);
    assert_eq!(weakref_count(&object), 0);
}

#[test]
fn b398_detach_forgets_the_callback() {
    let log = Log::default();
    let object = owner(7);
    let detached = WeakRef::with_callback(&object, {
        let captured = log.drop("released");
        move |_: &WeakRef<_>| panic!("{captured:?}")
    });
    let other = WeakRef::with_callback(&object, log.call("other"));
    detached.clone().detach();
    assert_eq!(log.take(), ["released"]);
    // It lives on, as a reference without callback, with its identity.
    assert!(!detached.has_callback() && !detached.is_dead());
    assert!(detached.upgrade().is_some_and(|same| Ptr::ptr_eq(&same, &object)));
    detached.detach();

    drop(object);
    assert_eq!(log.take(), ["other"]);
    assert!(detached.is_dead());
    detached.detach();
    WeakRef::new(&owner(7)).detach();
    drop(other);
}
