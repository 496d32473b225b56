//! Panics in the callbacks, functions and keys that references own: none leaves a death, nothing is lost.

use weakref_core::{KeyedRef, WeakMethod, WeakRef, weakref_count};
use weakref_tests::{Log, NotesDrop, Unraisables, panic_of};

use super::{Obj, Ptr, Shelf, owner};

/// Notes its drop, and panics.
struct Panics {
    message: &'static str,
    _drop: NotesDrop,
}

impl Drop for Panics {
    fn drop(&mut self) {
        panic!("{}", self.message);
    }
}

fn panics(log: &Log, message: &'static str) -> Panics {
    Panics { message, _drop: log.drop(message) }
}

#[test]
fn a_panicking_callback_is_reported_and_the_others_run() {
    let unraisables = Unraisables::listen();
    let (log, object) = (Log::default(), owner(7));
    let older = WeakRef::with_callback(&object, log.call("older"));
    let captured = log.drop("callback");
    let keyed = KeyedRef::new(&object, log.drop("key"), move |dead: &KeyedRef<_, _>| {
        let _keep = &captured;
        panic!("on purpose, {}", dead.is_dead());
    });
    drop(object);
    assert_eq!(log.take(), ["callback", "older"]);
    let seen = unraisables.take();
    assert_eq!(seen.len(), 1);
    assert!(seen[0].starts_with("on purpose, true in "), "{seen:?}");
    drop(keyed);
    assert_eq!(log.take(), ["key"]);
    drop(older);
}

#[test]
fn a_panicking_key_panics_where_the_reference_is_dropped() {
    let (log, object) = (Log::default(), owner(7));
    let captured = log.drop("callback");
    let keyed =
        KeyedRef::new(&object, panics(&log, "key"), move |_: &KeyedRef<_, _>| _ = &captured);
    assert_eq!(panic_of(|| drop(keyed)), "key");
    let mut dropped = log.take();
    dropped.sort_unstable();
    assert_eq!(dropped, ["callback", "key"]);
    assert_eq!((weakref_count(&object), Ptr::weak_count(&object)), (0, 0));

    let dead = KeyedRef::new(&object, panics(&log, "key"), |_| ());
    drop(object);
    assert_eq!(log.take(), [""; 0]);
    assert_eq!(panic_of(|| drop(dead)), "key");
    assert_eq!(log.take(), ["key"]);
}

#[test]
fn a_panicking_capture_panics_where_the_reference_is_dropped() {
    let (log, object) = (Log::default(), owner(7));
    let captured = panics(&log, "capture");
    let keyed = KeyedRef::new(&object, log.drop("key"), move |_: &KeyedRef<_, _>| _ = &captured);
    assert_eq!(panic_of(|| drop(keyed)), "capture");
    assert_eq!(log.take(), ["capture", "key"]);
    assert_eq!((weakref_count(&object), Ptr::weak_count(&object)), (0, 0));

    let captured = panics(&log, "capture");
    let keyed = KeyedRef::new(&object, log.drop("key"), move |_: &KeyedRef<_, _>| _ = &captured);
    assert_eq!(panic_of(|| keyed.detach()), "capture");
    assert_eq!(log.take(), ["capture"]);
    drop(keyed);
    assert_eq!(log.take(), ["key"]);
    assert_eq!((weakref_count(&object), Ptr::weak_count(&object)), (0, 0));
}

/// The last of the reference goes in the callback, and its key with it.
#[test]
fn a_panicking_key_that_goes_with_the_death_is_reported() {
    let unraisables = Unraisables::listen();
    let (log, object) = (Log::default(), owner(7));
    let shelf = super::Shelf::<KeyedRef<_, _>>::new([]);
    let inside = shelf.clone();
    shelf.put(KeyedRef::new(&object, panics(&log, "key"), move |_: &KeyedRef<_, _>| {
        drop(inside.take());
    }));
    drop(object);
    assert_eq!(log.take(), ["key"]);
    let seen = unraisables.take();
    assert!(seen.len() == 1 && seen[0].starts_with("key in "), "{seen:?}");
}

#[test]
fn a_panicking_old_key_is_the_callers() {
    let (log, object) = (Log::default(), owner(7));
    let mut keyed = KeyedRef::new(&object, Some(panics(&log, "old")), |_| ());
    assert_eq!(panic_of(|| drop(keyed.set_key(None))), "old");
    assert!(keyed.key().is_none());
    assert_eq!(log.take(), ["old"]);
}

#[test]
fn a_method_with_a_panicking_function_or_callback_loses_nothing() {
    let unraisables = Unraisables::listen();
    let (log, object) = (Log::default(), owner(7));
    let captured = panics(&log, "function");
    let method = WeakMethod::new(&object, move |_: &Obj<i32>| _ = &captured);
    assert_eq!(panic_of(|| drop(method)), "function");
    assert_eq!(log.take(), ["function"]);

    let watch = |message| {
        let captured = panics(&log, message);
        let callback = move |_: &WeakMethod<_, _>| _ = &captured;
        WeakMethod::with_callback(&object, |_: &Obj<i32>| (), callback)
    };
    let method = watch("dropped");
    assert_eq!(panic_of(|| drop(method)), "dropped");
    assert_eq!(log.take(), ["dropped"]);
    assert_eq!((weakref_count(&object), Ptr::weak_count(&object)), (0, 0));
    assert_eq!(unraisables.take(), [""; 0]);

    let method = watch("called");
    drop(object);
    assert_eq!(log.take(), ["called"]);
    let seen = unraisables.take();
    assert!(seen.len() == 1 && seen[0].starts_with("called in "), "{seen:?}");
    drop(method);
}

/// Each alone, so that none meets another's unwinding: that would be the end of the program.
#[test]
fn a_callback_panics_and_then_its_key() {
    let unraisables = Unraisables::listen();
    let (log, object) = (Log::default(), owner(7));
    let older = WeakRef::with_callback(&object, log.call("older"));
    let shelf = Shelf::new([]);
    let keyed = KeyedRef::new(&object, panics(&log, "key"), {
        let shelf = shelf.clone();
        move |_: &KeyedRef<_, _>| {
            drop(shelf.take());
            panic!("callback");
        }
    });
    shelf.put(keyed);
    drop(object);
    assert_eq!(log.take(), ["key", "older"]);
    assert_eq!(unraisables.messages(), ["callback", "key"]);
    drop(older);
}

#[test]
fn a_callback_panics_and_then_the_function_of_its_method() {
    let unraisables = Unraisables::listen();
    let (log, object) = (Log::default(), owner(7));
    let older = WeakRef::with_callback(&object, log.call("older"));
    let function = {
        let panics = Ptr::new(panics(&log, "function"));
        move |_: &Obj<i32>| _ = &panics
    };
    let shelf = Shelf::new([]);
    let method = WeakMethod::with_callback(&object, function, {
        let shelf = shelf.clone();
        move |_: &WeakMethod<_, _>| {
            drop(shelf.take());
            panic!("callback");
        }
    });
    shelf.put(method);
    drop(object);
    assert_eq!(log.take(), ["function", "older"]);
    assert_eq!(unraisables.messages(), ["callback", "function"]);
    drop(older);
}
