//! What can happen inside of a `peek`.

use weakref_core::{Finalizer, WeakRef, clear_weakrefs, finalize, finalize_on};
use weakref_tests::{Log, panic_of};

use super::{Function, Obj, Shelf, note, owner};
use crate::proxy_macro::panics;

/// What a finalizer says when a method is called inside of its own `peek`.
fn message(method: &str) -> String {
    format!(
        "`{method}` of a finalizer was called inside of its own `peek`: call it when `peek` has returned"
    )
}

#[test]
fn call_detach_and_peek_inside_panic_and_say_so() {
    let log = Log::default();
    let object = owner(7);
    let finalizer = finalize(&object, note(&log, "called"));
    let inside = |inner: &dyn Fn()| finalizer.peek(|_, _| panic_of(inner)).unwrap();
    assert_eq!(inside(&|| _ = finalizer.call()), message("call"));
    assert_eq!(inside(&|| drop(finalizer.clone().call())), message("call"));
    assert_eq!(inside(&|| drop(finalizer.detach())), message("detach"));
    assert_eq!(inside(&|| assert!(finalizer.peek(|_, _| ()).is_none())), message("peek"));
    assert!(finalizer.is_alive() && log.take().is_empty());
    // And nothing is left of it.
    assert!(finalizer.call().is_some());
    assert_eq!(log.take(), ["called"]);
}

#[test]
fn the_rest_can_be_done_inside() {
    let object = owner(7);
    let finalizer = finalize(&object, || ());
    finalizer.peek(|_, _| {
        assert!(finalizer.is_alive() && finalizer.atexit());
        finalizer.set_atexit(false);
        assert!(!finalizer.atexit() && finalizer.clone() == finalizer);
        assert!(format!("{finalizer:?}").contains(" at 0x"));
    });
    assert!(finalizer.is_alive() && !finalizer.atexit());
}

#[test]
fn others_can_be_used_inside() {
    let log = Log::default();
    let object = owner(7);
    let [one, two, three] = ["one", "two", "three"].map(|name| finalize(&object, note(&log, name)));
    one.peek(|_, _| {
        two.peek(|_, _| three.peek(|_, _| ()).unwrap()).unwrap();
        assert!(two.call().is_some() && three.detach().is_some());
        finalize(&object, note(&log, "four"));
    });
    assert_eq!(log.take(), ["two"]);
    drop(object);
    assert_eq!(log.take(), ["four", "one"]);
}

#[test]
fn a_guard_dropped_inside_drops_the_function_afterwards() {
    let log = Log::default();
    let object = owner(7);
    let captured = log.drop("released");
    let finalizer = finalize(&object, move || panic!("{captured:?}"));
    let guard = finalizer.clone().guard();
    let seen = finalizer.peek(|_, _| {
        drop(guard);
        log.note("inside");
        assert!(!finalizer.is_alive() && !finalizer.atexit());
        // It is taken back already, as far as anybody can see.
        assert!(finalizer.call().is_none() && finalizer.detach().is_none());
        assert!(finalizer.peek(|_, _| ()).is_none());
        "seen"
    });
    assert_eq!(seen, Some("seen"));
    assert_eq!(log.take(), ["inside", "released"]);
    drop((object, finalizer));
    assert!(log.take().is_empty());
}

#[test]
fn a_guard_and_then_the_death_inside() {
    let log = Log::default();
    let value = Obj::<_>::new(7);
    let captured = log.drop("released");
    let finalizer = finalize_on(&value, move || panic!("{captured:?}"));
    let guard = finalizer.clone().guard();
    finalizer.peek(|_, _| {
        drop(guard);
        drop(value);
        log.note("inside");
    });
    assert_eq!(log.take(), ["inside", "released"]);
}

/// The death has come before: what it has left to do is done, whoever just happens to look.
#[test]
fn a_death_and_then_the_guard_inside() {
    let log = Log::default();
    let value = Obj::<_>::new(7);
    let finalizer = finalize_on(&value, note(&log, "called"));
    let guard = finalizer.clone().guard();
    finalizer.peek(|_, _| {
        drop(value);
        drop(guard);
        log.note("inside");
    });
    assert_eq!(log.take(), ["inside", "called"]);
    assert!(!finalizer.is_alive());
}

#[test]
fn an_unowned_value_dropped_inside_runs_the_function_after_it() {
    let log = Log::default();
    let value = Obj::<_>::new(log.drop("dropped"));
    let finalizer = finalize_on(&value, note(&log, "called"));
    finalizer.peek(|owner, _| {
        assert!(owner.is_none());
        drop(value);
        log.note("inside");
        assert!(finalizer.is_alive());
    });
    assert_eq!(log.take(), ["dropped", "inside", "called"]);
    assert!(!finalizer.is_alive());
}

#[test]
fn the_last_owner_dropped_inside_dies_after_it() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let weak = WeakRef::new(&object);
    let finalizer = finalize(&object, note(&log, "called"));
    finalizer.peek(|_, _| {
        drop(object);
        assert!(!weak.is_dead(), "the look has an owner");
        log.note("inside");
    });
    assert_eq!(log.take(), ["inside", "called", "dropped"]);
    assert!(!finalizer.is_alive() && weak.is_dead());
}

#[test]
fn clearing_inside_runs_it_afterwards() {
    let log = Log::default();
    let object = owner(7);
    let finalizer = finalize(&object, note(&log, "called"));
    finalize(&object, note(&log, "other"));
    finalizer.peek(|_, _| {
        clear_weakrefs(&object);
        log.note("inside");
    });
    assert_eq!(log.take(), ["other", "inside", "called"]);
    assert!(!finalizer.is_alive());
    drop(object);
    assert!(log.take().is_empty());
}

/// The function runs when the look is over, and is not in the finalizer any more.
#[test]
fn the_function_uses_its_finalizer_after_the_look() {
    let log = Log::default();
    let value = Obj::<_>::new(7);
    let handles: Shelf<Finalizer<Obj<i32>, Box<Function>>> = Shelf::new([]);
    let inner = (log.clone(), handles.clone());
    let function: Box<Function> = Box::new(move || {
        let (log, handles) = inner;
        let me = handles.take().remove(0);
        assert!(!me.is_alive() && me.call().is_none() && me.peek(|_, _| ()).is_none());
        log.note("called");
    });
    let finalizer = finalize_on(&value, function);
    handles.put(finalizer.clone());
    finalizer.peek(|_, _| drop(value));
    assert_eq!(log.take(), ["called"]);
}

#[test]
fn the_panic_names_the_line_of_the_call() {
    let object = owner(7);
    let finalizer = finalize(&object, || ());
    let inside = |inner: &dyn Fn()| finalizer.peek(|_, _| panics(inner)).unwrap();
    assert_eq!(inside(&|| _ = finalizer.call()), (message("call"), line!()));
    assert_eq!(inside(&|| drop(finalizer.detach())), (message("detach"), line!()));
    let peek = || drop(finalizer.peek(|_, _| String::new()));
    assert_eq!(inside(&peek), (message("peek"), line!() - 1));
}
