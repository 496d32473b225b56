//! `finalize_on`: values wherever they are.

use std::{any::type_name, mem};

use weakref_core::{
    WeakRef, WeakSlot, Weakrefable, clear_weakrefs, clear_weakrefs_silently, finalize_on,
};
use weakref_tests::Log;

use super::{Here, Obj, Ptr, note, owner};

#[derive(Weakrefable)]
struct Thing {
    name: &'static str,
    log: Log,
    slot: WeakSlot<Here>,
}

impl Thing {
    /// Finalizes itself.
    fn new(log: &Log, name: &'static str) -> Self {
        let thing = Self { name, log: log.clone(), slot: WeakSlot::new() };
        finalize_on(&thing, note(&thing.log, format!("{} is gone", thing.name)));
        thing
    }
}

#[test]
fn on_the_stack_and_moved() {
    let log = Log::default();
    {
        let thing = Thing::new(&log, "stack");
        let moved = thing;
        let boxed = Box::new(moved);
        let vec = vec![*boxed];
        log.note("there");
        drop(vec);
        log.note("after");
    }
    assert_eq!(log.take(), ["there", "stack is gone", "after"]);
}

#[test]
fn inside_of_another() {
    struct Outer {
        _thing: Thing,
        _other: weakref_tests::NotesDrop,
    }

    let log = Log::default();
    let outer = Outer { _thing: Thing::new(&log, "inner"), _other: log.drop("other") };
    let shared = Ptr::new(outer);
    drop(shared);
    assert_eq!(log.take(), ["inner is gone", "other"]);
}

#[test]
fn from_its_constructor_into_a_pointer() {
    let log = Log::default();
    let object = Ptr::new(Thing::new(&log, "thing"));
    let other = object.clone();
    // From here on, there is an owner, but not for the one that was made without.
    let unowned = finalize_on(&*object, note(&log, "second"));
    assert_eq!(unowned.peek(|owner, _| owner.is_none()), Some(true));
    weakref_core::finalize(&object, note(&log, "third"));
    drop(object);
    assert!(log.take().is_empty());
    drop(other);
    assert_eq!(log.take(), ["third", "second", "thing is gone"]);
}

#[test]
fn out_of_its_pointer() {
    let log = Log::default();
    let object = Ptr::new(Thing::new(&log, "thing"));
    let value = Ptr::try_unwrap(object).ok().unwrap();
    assert!(log.take().is_empty());
    drop(value);
    assert_eq!(log.take(), ["thing is gone"]);
}

#[test]
fn a_swap_takes_it_along() {
    let log = Log::default();
    let mut one = Thing::new(&log, "one");
    {
        let mut two = Thing::new(&log, "two");
        mem::swap(&mut one, &mut two);
        assert_eq!(two.name, "one");
    }
    assert_eq!(log.take(), ["one is gone"]);
    one = Thing::new(&log, "three");
    assert_eq!(log.take(), ["two is gone"]);
    drop(one);
    assert_eq!(log.take(), ["three is gone"]);
}

#[test]
fn a_forgotten_value_is_not_told() {
    let log = Log::default();
    let thing = mem::ManuallyDrop::new(Thing::new(&log, "thing"));
    let finalizer = finalize_on(&*thing, note(&log, "called"));
    assert!(finalizer.is_alive());
    drop(finalizer.detach());
    // For the leak check.
    drop(mem::ManuallyDrop::into_inner(thing));
    assert_eq!(log.take(), ["thing is gone"]);
}

#[test]
fn call_detach_peek_and_debug() {
    let log = Log::default();
    let value = Obj::<_>::new(7);
    let name = type_name::<Obj<i32>>();
    let finalizer = finalize_on(&value, note(&log, "called"));
    assert_eq!(format!("{finalizer:?}"), format!("Finalizer({name})"));
    assert_eq!(finalizer.peek(|owner, _| owner.is_some()), Some(false));
    assert_eq!(finalizer.call().as_deref(), Some("called"));
    assert_eq!(format!("{finalizer:?}"), format!("Finalizer({name}, dead)"));
    let finalizer = finalize_on(&value, note(&log, "detached"));
    let (owner, function) = finalizer.detach().unwrap();
    assert!(owner.is_none() && !finalizer.is_alive());
    drop(function);
    let guard = finalize_on(&value, note(&log, "guarded")).guard();
    drop(guard);
    finalize_on(&value, note(&log, "died"));
    drop(value);
    assert_eq!(log.take(), ["called", "died"]);
}

/// Many come and go before the death: the places that they have left are used again, and whoever is
/// alive is told.
#[test]
fn many_come_and_go() {
    let log = Log::default();
    let value = Obj::<_>::new(7);
    let mut kept = Vec::new();
    for round in 0..1_000 {
        let finalizer = finalize_on(&value, note(&log, round));
        match round % 10 {
            0 => kept.push(round),
            1 => drop(finalizer.guard()),
            _ => drop(finalizer.detach()),
        }
    }
    drop(value);
    let expected: Vec<_> = kept.iter().rev().map(ToString::to_string).collect();
    assert_eq!(log.take(), expected);
}

#[test]
fn in_slotted_before_the_value() {
    let log = Log::default();
    let value = Obj::<_>::new(log.drop("value"));
    finalize_on(&value, note(&log, "finalizer"));
    drop(value.into_inner());
    assert_eq!(log.take(), ["finalizer", "value"]);
}

/// The object may borrow, as long as the function does not.
#[test]
fn of_a_value_that_borrows() {
    let log = Log::default();
    let text = String::from("text");
    let kept;
    {
        let value = Obj::<&str>::new(&text);
        kept = finalize_on(&value, note(&log, "called"));
        assert_eq!(**value, *"text");
    }
    assert_eq!(log.take(), ["called"]);
    assert!(!kept.is_alive());
    drop(kept);
    drop(text);
}

#[test]
fn of_a_trait_object() {
    let log = Log::default();
    let boxed: Box<Obj<dyn Send + Sync>> = Box::new(Obj::new(7));
    let finalizer = finalize_on(&*boxed, note(&log, "called"));
    drop(boxed);
    assert_eq!(log.take(), ["called"]);
    assert!(!finalizer.is_alive());
}

#[test]
fn clearing() {
    let log = Log::default();
    let object = owner(7);
    let one = finalize_on(&*object, note(&log, "one"));
    let weak = WeakRef::with_callback(&object, log.call("weak"));
    clear_weakrefs(&object);
    assert_eq!(log.take(), ["weak", "one"]);
    assert!(!one.is_alive());

    let two = finalize_on(&*object, note(&log, "two"));
    clear_weakrefs_silently(&object);
    assert!(two.is_alive() && log.take().is_empty());
    drop(object);
    assert!(two.is_alive() && log.take().is_empty());
    assert!(two.call().is_some());
    assert_eq!(log.take(), ["two"]);
    drop(weak);
}
