//! Panics: of the function, of what it owns, of what it returns.

use weakref_core::{Unraisable, WeakRef, finalize, finalize_on, set_unraisable_hook};
use weakref_tests::{Log, Unraisables, panic_of};

use super::{Ptr, note, owner};

struct Bomb(&'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("{}", self.0);
    }
}

#[test]
fn b190_a_panic_in_a_call_goes_to_the_caller() {
    let log = Log::default();
    let object = owner(7);
    let captured = log.drop("released");
    let finalizer = finalize(&object, move || {
        let _captured = captured;
        panic!("in the call")
    });
    assert_eq!(panic_of(|| finalizer.call()), "in the call");
    assert!(!finalizer.is_alive() && finalizer.call().is_none());
    assert_eq!(log.take(), ["released"]);
    assert_eq!(Ptr::strong_count(&object), 1);
    drop(object);
}

#[test]
fn b191_a_panic_at_the_death_goes_to_the_hook_and_the_others_run() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    finalize(&object, note(&log, "oldest"));
    let weak = WeakRef::with_callback(&object, log.call("callback"));
    let finalizer = finalize(&object, || panic!("at the death"));
    finalize(&object, note(&log, "newest"));
    drop(object);
    assert_eq!(log.take(), ["newest", "callback", "oldest", "dropped"]);
    assert!(!finalizer.is_alive());
    let [seen] = <[_; 1]>::try_from(unraisables.take()).unwrap();
    assert!(seen.starts_with("at the death in ") && seen.contains("{{closure}}"), "{seen}");
    drop(weak);
}

#[test]
fn b191_what_the_function_owns_or_returns_panics() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let object = owner(7);
    finalize(&object, note(&log, "oldest"));
    finalize(&object, || Bomb("the result"));
    let bomb = Bomb("the captured");
    finalize(&object, move || {
        let _bomb = &bomb;
    });
    finalize_on(&*object, || panic!("unowned"));
    drop(object);
    assert_eq!(log.take(), ["oldest"]);
    let seen = unraisables.take();
    let seen: Vec<_> = seen.iter().map(|seen| seen.split(" in ").next().unwrap()).collect();
    assert_eq!(seen, ["unowned", "the captured", "the result"]);
}

#[test]
fn a_guard_drops_what_panics() {
    let object = owner(7);
    let bomb = Bomb("the captured");
    let guard = finalize(&object, move || {
        let _bomb = &bomb;
    })
    .guard();
    let handle = guard.clone();
    assert_eq!(panic_of(|| drop(guard)), "the captured");
    assert!(!handle.is_alive());
    drop(object);
}

#[test]
fn a_panic_in_peek() {
    let log = Log::default();
    let object = owner(7);
    let finalizer = finalize(&object, note(&log, "called"));
    assert_eq!(panic_of(|| finalizer.peek(|_, _| panic!("in the look"))), "in the look");
    assert!(finalizer.is_alive() && log.take().is_empty());
    assert_eq!(Ptr::strong_count(&object), 1);
    assert_eq!(finalizer.peek(|_, _| 7), Some(7), "nobody looks any more");
    drop(object);
    assert_eq!(log.take(), ["called"]);
}

#[test]
fn a_panic_in_peek_after_a_death_and_after_a_guard() {
    let log = Log::default();
    let value = super::Obj::<_>::new(7);
    let finalizer = finalize_on(&value, note(&log, "called"));
    let message = panic_of(|| {
        finalizer.peek(|_, _| {
            drop(value);
            panic!("in the look")
        })
    });
    assert_eq!(message, "in the look");
    assert_eq!(log.take(), ["called"]);
    assert!(!finalizer.is_alive());

    let object = owner(7);
    let captured = log.drop("released");
    let finalizer = finalize(&object, move || drop(captured));
    let guard = finalizer.clone().guard();
    let message = panic_of(|| {
        finalizer.peek(|_, _| {
            drop(guard);
            assert!(log.take().is_empty());
            panic!("in the look")
        })
    });
    assert_eq!(message, "in the look");
    assert_eq!(log.take(), ["released"]);
    assert!(!finalizer.is_alive());
    drop(object);
    assert!(log.take().is_empty());
}

#[test]
fn what_a_peek_has_to_do_for_others_panics_into_the_hook() {
    let unraisables = Unraisables::listen();
    let value = super::Obj::<_>::new(7);
    let finalizer = finalize_on(&value, || panic!("owed"));
    assert_eq!(finalizer.peek(|_, _| drop(value)), Some(()));
    let seen = unraisables.take();
    assert!(seen.len() == 1 && seen[0].starts_with("owed in "), "{seen:?}");

    let object = owner(7);
    let bomb = Bomb("unwanted");
    let finalizer = finalize(&object, move || {
        let _bomb = &bomb;
    });
    let guard = finalizer.clone().guard();
    assert_eq!(finalizer.peek(|_, _| drop(guard)), Some(()));
    let seen = unraisables.take();
    assert!(seen.len() == 1 && seen[0].starts_with("unwanted in "), "{seen:?}");
}

#[test]
fn a_death_during_unwinding() {
    let log = Log::default();
    let object = owner(7);
    finalize(&object, note(&log, "called"));
    let message = panic_of(|| {
        let _object = object;
        panic!("unwinds");
    });
    assert_eq!(message, "unwinds");
    assert_eq!(log.take(), ["called"]);
}

#[test]
fn a_hook_that_uses_finalizers() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let inner = log.clone();
    set_unraisable_hook(move |_: &Unraisable<'_>| {
        let object = owner(7);
        finalize(&object, note(&inner, "in the hook"));
    });
    let object = owner(7);
    finalize(&object, || panic!("at the death"));
    drop(object);
    assert_eq!(log.take(), ["in the hook"]);
    drop(unraisables);
}
