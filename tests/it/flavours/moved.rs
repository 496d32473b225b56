//! Values that leave their pointer without being dropped: dead to their references, and told of
//! when they are dropped themselves.

use weakref_core::{WeakRef, WeakSlot, WeakValueMap, Weakrefable, weakref_count, weakrefs};
use weakref_tests::Log;

use super::{Here, Obj, Ptr, owner};
use crate::support::assert_same;

#[test]
fn try_unwrap_kills_references_and_the_drop_tells() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let plain = WeakRef::new(&object);
    let called = WeakRef::with_callback(&object, log.call("called"));

    let value = Ptr::try_unwrap(object).unwrap();
    assert!(plain.is_dead() && called.is_dead() && called.upgrade().is_none());
    assert!(!called.has_callback(), "nobody can tell any more when it will run");
    assert!(log.take().is_empty());

    // Moving it changes nothing.
    let boxed = Box::new(value);
    assert!(log.take().is_empty());
    drop(boxed);
    assert_eq!(log.take(), ["called", "dropped"]);
    drop(called);
    assert!(log.take().is_empty());
}

#[test]
fn into_inner_of_the_pointer_too() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let called = WeakRef::with_callback(&object, log.call("called"));
    let value = Ptr::into_inner(object);
    assert!(called.is_dead() && log.take().is_empty());
    drop(value);
    assert_eq!(log.take(), ["called", "dropped"]);
}

#[test]
fn into_inner_of_slotted_tells_and_gives_the_value() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let called = WeakRef::with_callback(&object, log.call("called"));
    let value = Ptr::into_inner(object).unwrap().into_inner();
    assert_eq!(log.take(), ["called"]);
    drop(value);
    assert_eq!(log.take(), ["dropped"]);
    drop(called);
}

#[test]
fn a_reference_that_is_dropped_meanwhile_is_not_called() {
    let log = Log::default();
    let object = owner(7);
    let [dropped, detached, kept] =
        ["dropped", "detached", "kept"].map(|name| WeakRef::with_callback(&object, log.call(name)));
    let value = Ptr::try_unwrap(object).unwrap();
    drop(dropped);
    detached.detach();
    drop(value);
    assert_eq!(log.take(), ["kept"]);
    drop((detached, kept));
}

#[test]
fn what_its_callback_owns_goes_with_it() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let weak = WeakRef::with_callback(&object, {
        let captured = log.drop("released");
        move |_: &WeakRef<_>| panic!("{captured:?}")
    });
    let value = Ptr::try_unwrap(object).unwrap();
    drop(weak);
    assert_eq!(log.take(), ["released"]);
    drop(value);
    assert_eq!(log.take(), ["dropped"]);
}

/// With weak pointers about, `make_mut` moves the only owner's value into a new pointer.
#[test]
fn make_mut_moves_the_only_owners_value() {
    let log = Log::default();
    let mut object = owner(7);
    let called = WeakRef::with_callback(&object, log.call("called"));
    **Ptr::make_mut(&mut object) = 8;
    assert!(called.is_dead() && log.take().is_empty());
    assert_eq!(**object, 8);

    let new = WeakRef::with_callback(&object, log.call("new"));
    assert!(!new.is_dead());
    // The value is dropped once, so both are told; the moved one's was first.
    drop(object);
    assert_eq!(log.take(), ["new", "called"]);
    drop((called, new));
}

/// With other owners about, `make_mut` clones: the old object is still the old one.
#[test]
fn make_mut_clones_an_owned_value() {
    let log = Log::default();
    let mut object = owner(7);
    let other = object.clone();
    let called = WeakRef::with_callback(&object, log.call("called"));
    **Ptr::make_mut(&mut object) = 8;
    assert_eq!(weakref_count(&object), 0);
    drop(object);
    assert!(
        log.take().is_empty() && called.upgrade().is_some_and(|same| Ptr::ptr_eq(&same, &other))
    );
    drop(other);
    assert_eq!(log.take(), ["called"]);
    drop(called);
}

#[test]
fn a_clone_of_the_value_takes_no_registration_along() {
    let log = Log::default();
    let object = owner(7);
    let called = WeakRef::with_callback(&object, log.call("called"));
    let copy = Obj::clone(&object);
    drop(Ptr::new(copy));
    assert!(log.take().is_empty());
    drop(object);
    assert_eq!(log.take(), ["called"]);
    drop(called);
}

#[test]
fn values_that_are_swapped_take_their_registrations_along() {
    let log = Log::default();
    let [mut one, mut two] = ["one", "two"].map(|name| {
        let object = owner(name);
        let weak = WeakRef::with_callback(&object, log.call(name));
        (Ptr::try_unwrap(object).unwrap(), weak)
    });
    std::mem::swap(&mut one.0, &mut two.0);
    drop(one.0);
    assert_eq!(log.take(), ["two"]);
    drop(two.0);
    assert_eq!(log.take(), ["one"]);
}

#[test]
fn a_map_does_not_find_what_has_moved() {
    let object = owner(7);
    let map = WeakValueMap::from([("key", object.clone())]);
    let value = Ptr::try_unwrap(object).unwrap();
    assert!(map.get("key").is_none() && !map.contains_key("key"));

    // What comes under the key now is not touched by the death of what was there before.
    let new = owner(8);
    map.insert("key", &new);
    drop(value);
    assert!(map.get("key").is_some_and(|found| Ptr::ptr_eq(&found, &new)));
    drop(new);
    assert!(map.is_empty());
}

#[test]
fn with_a_generated_drop_it_is_the_same() {
    #[derive(Weakrefable)]
    struct Node {
        slot: WeakSlot<Here>,
    }

    let log = Log::default();
    let node = Ptr::new(Node { slot: WeakSlot::new() });
    let called = WeakRef::with_callback(&node, log.call("called"));
    let node = Ptr::try_unwrap(node).ok().unwrap();
    assert!(called.is_dead() && log.take().is_empty());
    drop(node);
    assert_eq!(log.take(), ["called"]);
}

#[test]
fn with_drop_by_slot_the_fields_can_be_moved_out() {
    #[derive(Weakrefable)]
    #[weakref(drop = "slot")]
    struct Node {
        name: String,
        slot: WeakSlot<Here>,
    }

    let log = Log::default();
    let node = Ptr::new(Node { name: "root".into(), slot: WeakSlot::new() });
    let called = WeakRef::with_callback(&node, log.call("called"));
    let Node { name, slot } = Ptr::try_unwrap(node).ok().unwrap();
    assert!(log.take().is_empty());
    drop(slot);
    assert_eq!((log.take(), name.as_str()), (vec!["called".into()], "root"));
    drop(called);
}

/// References from before the move are not references to the object in the new pointer.
#[test]
fn a_new_pointer_has_its_own_references() {
    let object = owner(7);
    let old = WeakRef::with_callback(&object, |_| ());
    let new = Ptr::new(Ptr::try_unwrap(object).unwrap());
    let plain = WeakRef::new(&new);
    let called = WeakRef::with_callback(&new, |_| ());
    assert!(old.is_dead() && !plain.is_dead() && !called.is_dead());
    assert!(!old.is_same_reference(&called));
    assert!(weakrefs(&new).iter().any(|weak| weak.is_same_reference(&called)));
    drop(old);
    drop(new);
    assert!(called.is_dead());
}

#[test]
fn b089_a_new_pointer_lists_its_own_references() {
    let object = owner(7);
    let _old = WeakRef::with_callback(&object, |_| ());
    let new = Ptr::new(Ptr::try_unwrap(object).unwrap());
    let plain = WeakRef::new(&new);
    let listed = weakrefs(&new);
    assert!(listed.iter().any(|weak| weak.is_same_reference(&plain)), "{listed:?}");
    assert!(listed.iter().all(|weak| !weak.is_dead()), "{listed:?}");
    assert_same(&listed, &[&plain]);
}
