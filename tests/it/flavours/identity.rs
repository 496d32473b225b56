//! Which references are the same one.

use weakref_core::{WeakRef, clear_weakrefs, weakref_count, weakrefs};
use weakref_tests::Log;

use super::{Obj, Ptr, Weak, owner};
use crate::support::assert_same;

trait Named {}
impl Named for i32 {}

#[test]
fn b078_references_without_callback_are_one() {
    let object = owner(7);
    let one = WeakRef::new(&object);
    let two = WeakRef::new(&object.clone());
    assert!(
        one.is_same_reference(&two)
            && two.is_same_reference(&one)
            && one.is_same_reference(&one.clone())
    );
    assert_eq!(weakref_count(&object), 1);
    assert!(!one.is_same_reference(&WeakRef::new(&owner(7))));

    drop(object);
    assert!(one.is_same_reference(&two), "also when they are dead");
}

/// Of B079 and B080, this much: references with callback and entries of maps do not disturb it.
#[test]
fn b080_others_in_between_do_not_matter() {
    let object = owner(7);
    let one = WeakRef::new(&object);
    let called = WeakRef::with_callback(&object, |_| ());
    let map = weakref_core::WeakValueMap::from([("key", object.clone())]);
    assert!(one.is_same_reference(&WeakRef::new(&object)));
    drop((called, map));
    assert!(one.is_same_reference(&WeakRef::new(&object)));
}

#[test]
fn b081_a_list_gives_the_same_reference() {
    let object = owner(7);
    let one = WeakRef::new(&object);
    assert_same(&weakrefs(&object), &[&one]);
}

#[test]
fn b082_references_with_callback_are_never_shared() {
    fn callback(_: &WeakRef<Obj<i32>>) {}
    let object = owner(7);
    let plain = WeakRef::new(&object);
    let [one, two] = [(); 2].map(|()| WeakRef::with_callback(&object, callback));
    assert!(!one.is_same_reference(&two) && !two.is_same_reference(&one));
    assert!(!one.is_same_reference(&plain) && !plain.is_same_reference(&one));
    assert!(one.is_same_reference(&one.clone()));
    assert_eq!(weakref_count(&object), 3);

    // It stays one of its own without its callback, and after the death.
    one.detach();
    assert!(!one.is_same_reference(&plain) && one.is_same_reference(&one.clone()));
    drop(object);
    assert!(!one.is_same_reference(&two) && !one.is_same_reference(&plain));
}

#[test]
fn b084_the_last_user_takes_the_reference_along() {
    let object = owner(7);
    let one = WeakRef::new(&object);
    let two = one.clone();
    drop(one);
    assert_eq!(weakref_count(&object), 1);
    drop(two);
    assert_eq!(weakref_count(&object), 0);
    assert!(weakrefs(&object).is_empty());

    let fresh = WeakRef::new(&object);
    assert_same(&weakrefs(&object), &[&fresh]);
}

#[test]
fn the_callback_is_told_by_which_reference() {
    let log = Log::default();
    let object = owner(7);
    let [one, two] = [1, 2].map(|number| {
        let log = log.clone();
        WeakRef::with_callback(&object, move |me: &WeakRef<Obj<i32>>| {
            log.note(format!("{number} {}", me.is_same_reference(&me.clone())));
        })
    });
    clear_weakrefs(&object);
    assert_eq!(log.take(), ["2 true", "1 true"]);
    assert!(!one.is_same_reference(&two));
}

/// Two pointers to one object can have two vtables.
#[test]
fn identity_is_that_of_the_object() {
    let number = owner(7);
    let [one, two]: [Ptr<Obj<dyn Named>>; 2] = [number.clone(), number.clone()];
    assert!(WeakRef::new(&one).is_same_reference(&WeakRef::new(&two)));

    let other: Ptr<Obj<dyn Named>> = owner(7);
    assert!(!WeakRef::new(&one).is_same_reference(&WeakRef::new(&other)));
}

#[test]
fn a_reference_without_callback_is_a_std_weak() {
    let object = owner(7);
    let before = Ptr::weak_count(&object);
    let one = WeakRef::new(&object);
    assert_eq!(Ptr::weak_count(&object), before + 1);
    drop(one);
    assert_eq!(Ptr::weak_count(&object), before);
    // So one of the user's own is seen as one: the docs of `weakref_count` say so.
    let std: Weak<_> = Ptr::downgrade(&object);
    assert_eq!(weakref_count(&object), 1);
    drop(std);
    assert_eq!(weakref_count(&object), 0);
}
