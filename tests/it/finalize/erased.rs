//! Finalizers of different objects, with different functions, in one collection.

use weakref_core::{finalize, finalize_on};
use weakref_tests::{Log, panic_of};

use super::{Boxed, Obj, Ptr, note, owner};

#[test]
fn different_finalizers_are_called_in_any_order() {
    let log = Log::default();
    let (number, text, on_stack) = (owner(7), owner("text"), Obj::new('c'));
    let third = log.clone();
    let all: Vec<Boxed> = vec![
        Box::new(finalize(&number, note(&log, "first"))),
        Box::new(finalize(&text, note(&log, "second"))),
        Box::new(finalize_on(&on_stack, move || third.note("third"))),
    ];
    assert_eq!([2, 0, 2, 1].map(|at: usize| all[at].call()), [true, true, false, true]);
    assert_eq!(log.take(), ["third", "first", "second"]);
    assert!(all.iter().all(|finalizer| !finalizer.is_alive() && !finalizer.call()));
    assert_eq!((Ptr::strong_count(&number), Ptr::strong_count(&text)), (1, 1));
    drop((number, text, on_stack));
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn the_death_of_the_object_runs_it() {
    let log = Log::default();
    let object = owner(7);
    let kept: Boxed = Box::new(finalize(&object, note(&log, "kept")));
    let dropped: Boxed = Box::new(finalize(&object, note(&log, "dropped")));
    drop(dropped);
    assert!(kept.is_alive());
    drop(object);
    assert_eq!(log.take(), ["dropped", "kept"]);
    assert!(!kept.is_alive() && !kept.call() && !kept.detach());
}

#[test]
fn the_function_that_is_taken_back_is_dropped_uncalled() {
    let log = Log::default();
    let object = owner(log.drop("object"));
    let captured = log.drop("captured");
    let finalizer: Boxed = Box::new(finalize(&object, move || unreachable!("{captured:?}")));
    assert!(finalizer.detach());
    assert_eq!(log.take(), ["captured"]);
    assert!(!finalizer.detach() && !finalizer.call() && !finalizer.is_alive());
    assert_eq!(Ptr::strong_count(&object), 1);
    drop(object);
    assert_eq!(log.take(), ["object"]);
}

#[test]
fn the_result_is_dropped() {
    let log = Log::default();
    let object = owner(7);
    let result = log.drop("result");
    let finalizer: Boxed = Box::new(finalize(&object, move || result));
    assert!(finalizer.call());
    assert_eq!(log.take(), ["result"]);
    drop(object);
}

#[test]
fn a_panic_is_the_callers() {
    let object = owner(7);
    let finalizer: Boxed = Box::new(finalize(&object, || panic!("in the call")));
    assert_eq!(panic_of(|| finalizer.call()), "in the call");
    assert!(!finalizer.is_alive() && !finalizer.call());
    drop(object);
}

#[test]
fn it_is_run_at_the_end_of_the_program_or_not() {
    let object = owner(7);
    let typed = finalize(&object, || ());
    let finalizer: Boxed = Box::new(typed.clone());
    for atexit in [false, true, false] {
        finalizer.set_atexit(atexit);
        assert_eq!((finalizer.atexit(), typed.atexit()), (atexit, atexit));
    }
    assert_eq!(format!("{finalizer:?}"), format!("{typed:?}"));
    assert!(typed.detach().is_some());
    assert!(!finalizer.atexit() && !finalizer.is_alive());
}
