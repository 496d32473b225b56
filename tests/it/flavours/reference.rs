//! Construction, call and representation of a weak reference.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use weakref_core::{WeakRef, Weakrefable, error::ReferenceError, weakref_count};
use weakref_tests::{Log, implements};

use super::{Callable, Here, Obj, Ptr, Shelf, Weak, owner};

trait Named {
    fn name(&self) -> &'static str;
}

struct Cat;

impl Named for Cat {
    fn name(&self) -> &'static str {
        "cat"
    }
}

/// A type that cannot be looked at.
struct Hostile;

impl fmt::Debug for Hostile {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unreachable!("`Debug` of the referent")
    }
}

impl PartialEq for Hostile {
    fn eq(&self, _: &Self) -> bool {
        unreachable!("`PartialEq` of the referent")
    }
}

impl Hash for Hostile {
    fn hash<H: Hasher>(&self, _: &mut H) {
        unreachable!("`Hash` of the referent")
    }
}

#[test]
fn b001_weak_references_do_not_own() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let weak = WeakRef::new(&object);
    let all = [weak.clone(), weak, WeakRef::with_callback(&object, log.call("called"))];
    assert_eq!(Ptr::strong_count(&object), 1);

    drop(object);
    assert_eq!(log.take(), ["called", "dropped"]);
    assert!(all.iter().all(WeakRef::is_dead));
}

#[test]
fn b002_upgrade_gives_the_object_itself_as_a_new_owner() {
    let object = owner(7);
    for weak in [WeakRef::new(&object), WeakRef::with_callback(&object, |_| ())] {
        let upgraded = weak.upgrade().unwrap();
        assert!(Ptr::ptr_eq(&upgraded, &object));
        assert_eq!(Ptr::strong_count(&object), 2);
        drop(upgraded);
        assert_eq!(Ptr::strong_count(&object), 1);
    }
}

#[test]
fn b003_the_dead_stay_dead() {
    let object = owner(7);
    let dead = [WeakRef::new(&object), WeakRef::with_callback(&object, |_| ())];
    drop(object);
    for _ in 0..100 {
        // As large as the old one: an allocator likes to give the same memory again.
        let new = owner(7);
        for dead in &dead {
            assert!(dead.upgrade().is_none() && dead.is_dead());
            assert!(!dead.is_same_reference(&WeakRef::new(&new)));
            assert!(*dead != WeakRef::new(&new));
        }
    }
}

#[test]
fn b004_an_upgraded_owner_can_be_the_last() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let weak = WeakRef::with_callback(&object, log.call("called"));

    let last = weak.upgrade();
    drop(object);
    assert!(log.take().is_empty() && !weak.is_dead());
    drop(last);
    assert_eq!(log.take(), ["called", "dropped"]);
}

#[test]
fn b004_the_owner_inside_with_can_be_the_last() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let weak = WeakRef::with_callback(&object, log.call("called"));

    let result = weak.with(|_| {
        drop(object);
        log.note("inside");
        "result"
    });
    assert_eq!(result, Some("result"));
    assert_eq!(log.take(), ["inside", "called", "dropped"]);
    assert_eq!(weak.with(|_| unreachable!()), None::<()>);
}

/// Shown to the user by `ui/pointer/no-slot` and `ui/pointer/type-without-slot`.
#[test]
fn b006_a_type_must_opt_in() {
    assert!(!implements!(String: Weakrefable));
    assert!(!implements!(Ptr<String>: weakref_core::flavor::Pointer));
    assert!(implements!(Obj<String>: Weakrefable<Flavor = Here>));
    assert!(implements!(Ptr<Obj<String>>: weakref_core::flavor::Pointer));
}

/// That a struct without a slot is refused is shown by `ui/slot/none`.
#[test]
fn b007_a_declared_slot_makes_a_type_weakly_referenceable() {
    #[derive(Weakrefable)]
    struct Node {
        name: &'static str,
        slot: weakref_core::WeakSlot<Here>,
    }

    let node = Ptr::new(Node { name: "root", slot: weakref_core::WeakSlot::new() });
    let weak = WeakRef::new(&node);
    assert_eq!(weak.with(|node| node.name), Some("root"));
    assert!(std::ptr::eq(node.weak_slot(), &raw const node.slot));
}

#[test]
fn b010_b011_a_callback_is_given_to_another_constructor() {
    let log = Log::default();
    let object = owner(7);
    let without = WeakRef::new(&object);
    let with = WeakRef::with_callback(&object, log.call("called"));
    assert!(!without.has_callback() && with.has_callback());

    drop(object);
    assert_eq!(log.take(), ["called"]);
}

#[test]
fn b015_b016_life_is_asked_by_upgrade() {
    assert!(!implements!(WeakRef<Obj<i32>>: Into<bool>));
    assert!(!implements!(WeakRef<Obj<i32>>: std::ops::Not));

    let object = owner(7);
    let weak = WeakRef::new(&object);
    assert!(!weak.is_dead());
    if let Some(upgraded) = weak.upgrade() {
        // Whatever others do from here on.
        drop(object);
        assert_eq!(**upgraded, 7);
    } else {
        panic!("it lives");
    }
    assert!(weak.is_dead());
}

#[test]
fn b017_debug_shows_type_and_address_of_the_living() {
    let object = owner(7);
    let text = format!("{:?}", WeakRef::new(&object));
    assert!(text.contains(std::any::type_name::<Obj<i32>>()), "{text}");
    assert!(text.contains(&format!("{:p}", Ptr::as_ptr(&object))), "{text}");
    assert!(!text.contains("dead"), "{text}");

    let cat: Ptr<Obj<dyn Named>> = owner(Cat);
    let text = format!("{:?}", WeakRef::new(&cat));
    assert!(text.contains("dyn") && text.contains("Named"), "{text}");
}

#[test]
fn b018_debug_shows_the_dead() {
    let object = owner(7);
    let dead = [WeakRef::new(&object), WeakRef::with_callback(&object, |_| ()), WeakRef::default()];
    drop(object);
    for dead in dead {
        let text = format!("{dead:?}");
        assert!(text.contains("dead") && !text.contains("0x"), "{text}");
        assert!(text.contains(std::any::type_name::<Obj<i32>>()), "{text}");
    }
}

#[test]
fn b019_debug_does_not_call_into_the_referent() {
    let object = owner(Hostile);
    assert!(!format!("{:?}", WeakRef::new(&object)).is_empty());
    assert!(!format!("{:#?}", WeakRef::with_callback(&object, |_| ())).is_empty());
}

#[test]
fn b020_debug_has_the_same_word_for_every_reference() {
    let object = owner(7);
    assert_eq!(
        format!("{:?}", WeakRef::new(&object)),
        format!("{:?}", WeakRef::with_callback(&object, |_| ())),
    );
}

#[test]
fn b021_a_clone_is_the_same_reference() {
    let log = Log::default();
    let object = owner(7);
    let one = WeakRef::with_callback(&object, log.call("called"));
    let two = one.clone();
    assert!(one.is_same_reference(&two) && two.has_callback());
    assert_eq!(weakref_count(&object), 1);

    // The callback stays with the clone, and runs once for both.
    drop(one);
    let three = two.clone();
    drop(object);
    assert_eq!(log.take(), ["called"]);
    assert!(two.is_same_reference(&three));
}

#[test]
fn b021_a_reference_is_not_pickled() {
    assert!(!implements!(WeakRef<Obj<i32>>: serde::Serialize));
    assert!(!implements!(WeakRef<Obj<i32>>: serde::de::DeserializeOwned));
}

#[test]
fn b023_b024_has_callback_tells_and_only_detach_changes_it() {
    let object = owner(7);
    let weak = WeakRef::with_callback(&object, |_| unreachable!());
    let clone = weak.clone();
    assert!(weak.has_callback() && clone.has_callback());
    clone.detach();
    assert!(!weak.has_callback() && !clone.has_callback());
    assert!(!weak.is_dead());
}

#[test]
fn b025_no_callback_is_left_once_the_referent_is_dead() {
    let log = Log::default();
    let object = owner(7);
    let older = WeakRef::with_callback(&object, |_| ());
    let newer = WeakRef::with_callback(&object, {
        let (log, older) = (log.clone(), older.clone());
        move |me: &WeakRef<_>| {
            log.note(format!("{} {}", me.has_callback(), older.has_callback()));
        }
    });
    drop(object);
    assert_eq!(log.take(), ["false false"]);
    assert!(!older.has_callback() && !newer.has_callback());
}

#[test]
fn b027_reference_error_is_an_error() {
    let error: Box<dyn std::error::Error + Send + Sync> = ReferenceError.into();
    assert_eq!(error.to_string(), "weakly-referenced object no longer exists");
    assert!(error.source().is_none());
}

/// Shown to the user by `ui/pointer/no-slot`.
#[test]
fn b028_b029_a_reference_has_no_slot_of_its_own() {
    assert!(!implements!(WeakRef<Obj<i32>>: Weakrefable));
    assert!(!implements!(Ptr<WeakRef<Obj<i32>>>: weakref_core::flavor::Pointer));

    let object = owner(7);
    let wrapped = owner(WeakRef::new(&object));
    let outer = WeakRef::new(&wrapped);
    assert_eq!(outer.with(|inner| inner.with(|value| **value)), Some(Some(7)));
    drop(wrapped);
    assert!(outer.is_dead());
}

#[test]
fn b031_a_reference_to_a_temporary_is_dead_at_once() {
    let weak = WeakRef::new(&owner(7));
    assert!(weak.is_dead());

    let log = Log::default();
    let weak = WeakRef::with_callback(&owner(7), log.call("called"));
    assert_eq!(log.take(), ["called"]);
    assert!(weak.is_dead());

    let function = || -> Ptr<Obj<Callable>> { owner(|| 7) };
    let weak = WeakRef::new(&function());
    assert!(weak.is_dead());
}

#[test]
fn b032_the_referent_goes_though_references_stay() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let weak = WeakRef::new(&object);
    let std: Weak<_> = Ptr::downgrade(&object);
    drop(object);
    assert_eq!(log.take(), ["dropped"]);
    assert!(weak.is_dead() && std.upgrade().is_none());
}

#[test]
fn the_default_is_dead() {
    let weak = WeakRef::<Obj<i32>>::default();
    assert!(weak.is_dead() && weak.upgrade().is_none() && !weak.has_callback());
    assert_eq!(weak.with(|_| ()), None);
    assert_eq!(weak.try_hash(), Err(ReferenceError));
    weak.detach();
    assert!(weak.is_same_reference(&weak.clone()) && weak == weak.clone());
    assert!(!weak.is_same_reference(&WeakRef::new(&owner(7))));
}

#[test]
fn references_to_trait_objects() {
    let log = Log::default();
    let cat = owner(Cat);
    let as_cat = WeakRef::new(&cat);
    let named: Ptr<Obj<dyn Named>> = cat.clone();
    let as_named = WeakRef::new(&named);
    assert_eq!(as_named.with(|named| named.name()), Some("cat"));
    assert_eq!(weakref_count(&named), weakref_count(&cat));

    let function: Ptr<Obj<Callable>> = owner(|| 7);
    let called = WeakRef::with_callback(&function, log.call("called"));
    drop((cat, named, function));
    assert_eq!(log.take(), ["called"]);
    assert!(as_cat.is_dead() && as_named.is_dead() && called.is_dead());
}

#[test]
fn references_can_be_kept_anywhere() {
    let objects = [1, 2, 3].map(owner);
    let shelf = Shelf::new(objects.iter().map(WeakRef::new));
    let sum = |refs: &[WeakRef<Obj<i32>>]| -> i32 {
        refs.iter().filter_map(|weak| weak.with(|value| **value)).sum()
    };
    let refs = shelf.take();
    assert_eq!(sum(&refs), 6);
    let [one, others @ ..] = objects;
    drop(one);
    assert_eq!(sum(&refs), 5);
    drop(others);
    assert_eq!(sum(&refs), 0);
}
