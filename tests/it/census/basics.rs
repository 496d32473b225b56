//! What counts, and where it is.

use std::{
    mem,
    panic::{RefUnwindSafe, UnwindSafe},
};

use weakref_core::{
    Census, WeakRef, WeakSlot, Weakrefable, clear_weakrefs, clear_weakrefs_silently, weakref_count,
};

use super::{Here, Obj, Ptr, Shelf, owner};

#[test]
fn an_object_counts_until_its_last_owner_is_dropped() {
    let census = Census::<Obj<i32>>::new();
    let [one, two] = [1, 2].map(owner);
    assert!(census.alive().is_empty());
    census.register(&one);
    census.register(&two);
    let second = two.clone();
    assert_eq!(census.alive().len(), 2);
    drop(two);
    assert_eq!(census.alive().len(), 2);
    drop(second);
    assert_eq!(census.alive().len(), 1);
    drop(one);
    assert!(census.alive().is_empty());
    census.assert_empty();
}

#[test]
fn a_census_can_be_a_static() {
    static CENSUS: Census<Obj<i32>> = Census::new();
    let one = owner(1);
    CENSUS.register(&one);
    assert_eq!(CENSUS.alive().len(), 1);
    drop(one);
    CENSUS.assert_empty();
}

/// Whatever the objects are.
#[test]
fn a_census_can_be_shared_by_threads() {
    fn check<T: Send + Sync + UnwindSafe + RefUnwindSafe + Default>() {}
    check::<Census<Obj<std::rc::Rc<std::cell::Cell<i32>>>>>();
    check::<Census<Obj<dyn ToString>>>();
}

/// In its constructor, on the stack, in a box.
#[test]
fn a_value_counts_wherever_it_is() {
    let census = Census::<Obj<i32>>::new();
    let new = |number| {
        let value = Obj::new(number);
        census.register(&value);
        value
    };
    let (value, pointer, boxed) = (new(1), Ptr::new(new(2)), Box::new(new(3)));
    assert_eq!(census.alive().len(), 3);
    drop(pointer);
    assert_eq!(census.alive().len(), 2);
    drop(boxed);
    drop(value);
    census.assert_empty();
}

#[test]
fn what_is_moved_out_of_its_pointer_counts_until_it_is_dropped() {
    let census = Census::<Obj<i32>>::new();
    let pointer = owner(1);
    census.register(&pointer);
    let value = Ptr::try_unwrap(pointer).unwrap();
    assert_eq!(census.alive().len(), 1);
    let pointer = Ptr::new(value);
    assert_eq!(census.alive().len(), 1);
    drop(pointer);
    census.assert_empty();

    let pointer = owner(1);
    census.register(&pointer);
    assert_eq!(Ptr::into_inner(pointer).unwrap().into_inner(), 1);
    census.assert_empty();
}

#[test]
fn a_registration_stays_with_a_value_that_is_swapped() {
    let census = Census::<Obj<i32>>::new();
    let (mut one, mut other) = (Obj::new(1), Obj::new(2));
    census.register_with_label(&one, "one");
    census.register_with_label(&other, "other");
    mem::swap(&mut one, &mut other);
    drop(one);
    assert_eq!(census.alive().origins()[0].labels, [("one".into(), 1)]);
    drop(other);
    census.assert_empty();
}

#[test]
fn a_clone_is_not_registered() {
    let census = Census::<Obj<i32>>::new();
    let mut one = owner(1);
    census.register(&one);
    let clone = Obj::clone(&one);
    assert_eq!(census.alive().len(), 1);
    let other = one.clone();
    *Ptr::make_mut(&mut one) = Obj::new(2);
    assert_eq!(census.alive().len(), 1);
    drop(other);
    census.assert_empty();
    drop((one, clone));
}

#[test]
fn an_object_that_is_registered_twice_counts_twice() {
    let census = Census::<Obj<i32>>::new();
    let one = owner(1);
    census.register(&one);
    census.register(&one);
    assert_eq!(census.alive().len(), 2);
    drop(one);
    census.assert_empty();
}

#[test]
fn an_object_can_be_in_several_censuses() {
    let [first, second] = [(); 2].map(|()| Census::<Obj<i32>>::new());
    let one = owner(1);
    first.register(&one);
    second.register(&one);
    assert_eq!((first.alive().len(), second.alive().len()), (1, 1));
    drop(first);
    assert_eq!(second.alive().len(), 1);
    drop(one);
    second.assert_empty();
}

#[test]
fn a_registration_does_not_change_what_an_object_can_do() {
    let census = Census::<Obj<i32>>::new();
    let mut one = owner(1);
    census.register(&one);
    assert_eq!((Ptr::strong_count(&one), Ptr::weak_count(&one)), (1, 0));
    assert_eq!(weakref_count(&one), 1, "the finalizer, without a weak pointer");
    **Ptr::get_mut(&mut one).unwrap() = 2;
    let report = census.alive();
    assert_eq!((report.len(), Ptr::strong_count(&one)), (1, 1));
}

#[test]
fn an_object_whose_references_are_cleared_counts_no_more() {
    let census = Census::<Obj<i32>>::new();
    for clear in [clear_weakrefs, clear_weakrefs_silently] {
        let one = owner(1);
        census.register(&one);
        clear(&one);
        census.assert_empty();
        census.register(&one);
        assert_eq!(census.alive().len(), 1);
    }
    census.assert_empty();
}

#[test]
fn objects_may_be_unsized_or_borrow_something() {
    let census = Census::<Obj<dyn ToString>>::new();
    let one: Ptr<Obj<dyn ToString>> = owner(1);
    census.register(&one);
    assert_eq!(census.alive().len(), 1);
    drop(one);
    census.assert_empty();

    let census = Census::<Obj<str>>::new();
    let text: Ptr<Obj<str>> = Obj::<str>::alloc("text");
    census.register(&text);
    assert_eq!(census.alive().len(), 1);
    drop(text);
    census.assert_empty();

    let text = String::from("text");
    let census = Census::<Obj<&str>>::new();
    let borrowed = owner(&*text);
    census.register(&borrowed);
    assert_eq!(census.alive().len(), 1);
    drop(borrowed);
    census.assert_empty();
}

#[test]
fn objects_may_be_dropped_by_their_slot() {
    #[derive(Weakrefable)]
    #[weakref(drop = "slot")]
    struct Parts {
        slot: WeakSlot<Here>,
        text: String,
    }

    let census = Census::<Parts>::new();
    let new = || {
        let parts = Parts { slot: WeakSlot::new(), text: "text".into() };
        census.register(&parts);
        parts
    };
    let parts = Ptr::new(new());
    assert_eq!(census.alive().len(), 1);
    drop(parts);
    census.assert_empty();
    let text = new().text;
    census.assert_empty();
    assert_eq!(text, "text");
}

#[test]
fn the_objects_may_live_longer_than_the_census() {
    let census = Census::<Obj<i32>>::new();
    let one = owner(1);
    let weak = WeakRef::new(&one);
    census.register(&one);
    drop(census);
    drop(one);
    assert!(weak.is_dead());
}

#[test]
fn of_many_objects_each_counts_as_long_as_it_lives() {
    let census = Census::<Obj<usize>>::new();
    let shelf = Shelf::new((0..2_000).map(owner));
    let mut all = shelf.take();
    for one in &all {
        census.register_with_label(one, format!("{}", ***one % 10));
    }
    // Of each ten, those with an odd number are dropped.
    all.retain(|one| ***one % 2 == 0);
    let report = census.alive();
    assert_eq!((report.len(), report.origins().len()), (1_000, 1));
    let labels = ["0", "2", "4", "6", "8"].map(|label| (label.into(), 200));
    assert_eq!(report.origins()[0].labels, labels);
    all.clear();
    census.assert_empty();
}
