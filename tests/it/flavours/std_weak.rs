//! What a `WeakRef` has in common with std's `Weak`.

use std::fmt::Display;

use weakref_core::{WeakRef, clear_weakrefs};

use super::{Obj, Ptr, Weak, owner};

/// An object that refers to itself.
struct Cyclic {
    name: &'static str,
    me: WeakRef<Obj<Cyclic>>,
}

#[test]
fn an_object_in_the_making_gets_a_reference_to_itself() {
    let object = Ptr::new_cyclic(|weak: &Weak<Obj<Cyclic>>| {
        let me = WeakRef::from(weak.clone());
        assert!(me.upgrade().is_none() && me.strong_count() == 0);
        Obj::new(Cyclic { name: "itself", me })
    });
    assert!(object.me.refers_to(&object));
    assert_eq!(object.me.with(|me| me.name), Some("itself"));
    let me = object.me.clone();
    drop(object);
    assert!(me.is_dead());
}

#[test]
fn a_reference_is_unsized_by_way_of_its_weak_pointer() {
    let object = owner(7);
    let weak: Weak<Obj<dyn Display>> = WeakRef::new(&object).as_weak().clone();
    let display = WeakRef::<Obj<dyn Display>>::from(weak);
    assert_eq!(display.with(ToString::to_string).as_deref(), Some("7"));
    drop(object);
    assert!(display.is_dead());
}

#[test]
fn a_reference_is_made_of_a_borrowed_owner() {
    let object = owner(7);
    let weak = WeakRef::from(&object);
    assert!(weak.refers_to(&object) && !weak.has_callback());
    assert_eq!((Ptr::strong_count(&object), Ptr::weak_count(&object)), (1, 1));
}

#[test]
fn the_object_and_not_its_equality_decides_what_is_referred_to() {
    let (one, equal) = (owner(7), owner(7));
    for weak in [WeakRef::new(&one), WeakRef::with_callback(&one, |_| ())] {
        assert!(weak.refers_to(&one) && weak.refers_to(&one.clone()));
        assert!(!weak.refers_to(&equal));
    }
    assert!(!WeakRef::<Obj<i32>>::dead().refers_to(&one));
}

#[test]
fn owners_are_counted() {
    let object = owner(7);
    let (plain, called) = (WeakRef::new(&object), WeakRef::with_callback(&object, |_| ()));
    let another = object.clone();
    assert_eq!((plain.strong_count(), called.strong_count()), (2, 2));
    clear_weakrefs(&object);
    assert_eq!(called.strong_count(), 0, "to a cleared reference, there is no object");
    assert_eq!(called.as_weak().strong_count(), 2, "but std's pointer does not know");
    drop((object, another));
    assert_eq!((plain.strong_count(), called.as_weak().strong_count()), (0, 0));
}

#[test]
fn a_dead_reference_is_a_constant() {
    #[allow(clippy::declare_interior_mutable_const)] // each use is one more reference
    const DEAD: WeakRef<Obj<u8>> = WeakRef::dead();
    let dead = DEAD;
    assert!(dead.is_dead() && dead.upgrade().is_none() && !dead.has_callback());
    assert_eq!(dead.strong_count(), 0);
    assert!(dead.try_hash().is_err());
    assert_eq!(dead, dead.clone());
    assert_eq!(WeakRef::<Obj<u8>>::default(), dead);
}
