//! Functions that come back to finalizers, to their own among them.

use weakref_core::{Finalizer, WeakRef, finalize};
use weakref_tests::Log;

use super::{Function, Obj, Ptr, Shelf, note, owner};

type Any = Finalizer<Obj<i32>, Box<Function>>;

/// Returns a finalizer whose function is given what is put on the shelf, its own handles mostly.
fn knowing(
    object: &Ptr<Obj<i32>>,
    shelf: &Shelf<Any>,
    function: impl FnOnce(Vec<Any>) + Send + 'static,
) -> Any {
    let shelf = shelf.clone();
    let function: Box<Function> = Box::new(move || function(shelf.take()));
    finalize(object, function)
}

#[test]
fn b384_a_call_inside_of_its_own_function() {
    for by_death in [true, false] {
        let log = Log::default();
        let object = owner(7);
        let (shelf, inner) = (Shelf::new([]), log.clone());
        let finalizer = knowing(&object, &shelf, move |mut handles| {
            let me = handles.remove(0);
            assert!(!me.is_alive() && !me.atexit());
            assert!(me.call().is_none() && me.detach().is_none());
            assert!(me.peek(|_, _| ()).is_none());
            me.set_atexit(true);
            assert!(!me.atexit() && format!("{me:?}").contains("dead"));
            // The last handle but the caller's.
            drop(me.guard());
            inner.note("called");
        });
        shelf.put(finalizer.clone());
        if by_death {
            drop(finalizer);
            drop(object);
        } else {
            finalizer.call();
            drop(object);
        }
        assert_eq!(log.take(), ["called"]);
    }
}

#[test]
fn b384_a_call_inside_of_another() {
    let log = Log::default();
    let objects = [owner(1), owner(2)];
    let other = finalize(&objects[1], note(&log, "other"));
    let inner = log.clone();
    let finalizer = finalize(&objects[0], move || {
        inner.note("outer");
        assert_eq!(other.call().as_deref(), Some("other"));
        inner.note("outer again");
    });
    finalizer.call();
    assert_eq!(log.take(), ["outer", "other", "outer again"]);
    drop(objects);
    assert!(log.take().is_empty());
}

#[test]
fn the_last_handle_is_dropped_inside() {
    let log = Log::default();
    let object = owner(7);
    let (shelf, captured) = (Shelf::new([]), log.drop("released"));
    let finalizer = knowing(&object, &shelf, move |handles| {
        drop(handles);
        drop(captured);
    });
    shelf.put(finalizer);
    drop(object);
    assert_eq!(log.take(), ["released"]);
}

/// The function owns its own finalizer: nobody frees that before it has run.
#[test]
fn one_that_owns_itself() {
    let log = Log::default();
    let object = owner(7);
    let (shelf, captured) = (Shelf::new([]), log.drop("released"));
    let finalizer = knowing(&object, &shelf, move |handles| {
        assert_eq!(handles.len(), 1);
        let _captured = captured;
    });
    shelf.put(finalizer);
    drop(shelf);
    assert!(log.take().is_empty());
    drop(object);
    assert_eq!(log.take(), ["released"]);
}

#[test]
fn finalizers_make_finalizers() {
    let log = Log::default();
    let object = owner(7);
    let other = owner(8);
    let inner = (log.clone(), other.clone());
    finalize(&object, move || {
        let (log, other) = inner;
        finalize(&other, note(&log, "of another"));
        let new = owner(9);
        finalize(&new, note(&log, "of a new one"));
        log.note("outer");
    });
    drop(object);
    assert_eq!(log.take(), ["outer", "of a new one"]);
    drop(other);
    assert_eq!(log.take(), ["of another"]);
}

#[test]
fn a_finalizer_of_a_cleared_object_makes_another_of_it() {
    let log = Log::default();
    let object = owner(7);
    let inner = (log.clone(), WeakRef::new(&object));
    finalize(&object, move || {
        let (log, weak) = inner;
        finalize(&weak.upgrade().unwrap(), note(&log, "new"));
        log.note("old");
    });
    weakref_core::clear_weakrefs(&object);
    assert_eq!(log.take(), ["old"]);
    drop(object);
    assert_eq!(log.take(), ["new"]);
}

#[test]
fn the_last_owner_goes_inside_of_a_call() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    finalize(&object, note(&log, "other"));
    let shelf = Shelf::new([object]);
    let object = shelf.take().remove(0);
    let (inner, kept) = (log.clone(), shelf.clone());
    let finalizer = finalize(&object, move || {
        drop(kept.take());
        inner.note("called");
    });
    shelf.put(object);
    finalizer.call();
    // The call has no owner of its own.
    assert_eq!(log.take(), ["other", "dropped", "called"]);
}

#[test]
fn the_last_owner_is_the_one_that_detach_returns() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    finalize(&object, note(&log, "other"));
    let finalizer = finalize(&object, note(&log, "detached"));
    let (owner, function) = finalizer.detach().unwrap();
    drop(object);
    assert!(log.take().is_empty());
    drop(owner);
    assert_eq!(log.take(), ["other", "dropped"]);
    drop(function);
}

/// What the function owned goes outside of every lock.
#[test]
fn what_the_function_owned_comes_back_as_it_drops() {
    struct Back<F: FnMut()>(F);
    impl<F: FnMut()> Drop for Back<F> {
        fn drop(&mut self) {
            (self.0)();
        }
    }

    let log = Log::default();
    let object = owner(7);
    let weak = WeakRef::new(&object);
    let new = || {
        let (log, weak) = (log.clone(), weak.clone());
        let back = Back(move || {
            log.note(weak.upgrade().map_or(0, |object| weakref_core::weakref_count(&object)));
            if let Some(object) = weak.upgrade() {
                finalize(&object, || ()).call();
            }
        });
        finalize(&object, move || drop(back))
    };
    new().call();
    assert_eq!(log.take(), ["1"]);
    drop(new().detach());
    drop(new().guard());
    assert_eq!(log.take(), ["1", "1"]);
    new();
    drop(object);
    assert_eq!(log.take(), ["0"]);
}
