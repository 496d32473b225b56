//! The callback of a weak method: once, for whichever dies first, with the method itself.

use std::collections::HashMap;

use weakref_core::{
    Slotted, WeakMethod, WeakRef, clear_weakrefs, clear_weakrefs_silently,
    method::{ByWeak, OwnedEq},
};
use weakref_tests::{Log, Unraisables};

use super::{Callable, Function, Lock, Obj, Ptr, Shelf, owner};

type Text = Obj<String>;
type Owned = WeakMethod<Text, fn(&Text) -> usize>;
type Both = WeakMethod<Text, Function, ByWeak>;

fn text() -> Ptr<Text> {
    owner("text".to_owned())
}

fn len(text: &Text) -> usize {
    text.len()
}

fn function() -> Ptr<Function> {
    Ptr::new(Slotted::new(|text: &Text, more: &str| format!("{}{more}", **text)))
}

/// A method that notes that it died.
fn watch(text: &Ptr<Text>, log: &Log) -> Owned {
    let log = log.clone();
    WeakMethod::with_callback(text, len as _, move |method: &Owned| {
        assert!(method.is_dead() && method.upgrade().is_none());
        log.note("method");
    })
}

fn watch_both(text: &Ptr<Text>, function: &Ptr<Function>, log: &Log) -> Both {
    let log = log.clone();
    WeakMethod::with_weak_fn_and_callback(text, function, move |method: &Both| {
        assert!(method.is_dead() && method.upgrade().is_none());
        log.note("method");
    })
}

/// Puts a clone of what the callback is given on a shelf.
fn shelve_both(text: &Ptr<Text>, function: &Ptr<Function>) -> (Both, Shelf<Both>) {
    let shelf = Shelf::new([]);
    let given = shelf.clone();
    let method = WeakMethod::with_weak_fn_and_callback(text, function, move |method: &Both| {
        given.put(method.clone());
    });
    (method, shelf)
}

#[test]
fn it_is_called_once_when_the_object_dies() {
    let (log, text) = (Log::default(), text());
    let method = watch(&text, &log);
    assert_eq!(method.call(()), 4);
    let clone = method.clone();
    drop(text);
    assert_eq!(log.take(), ["method"]);
    drop((method, clone));
    assert_eq!(log.take(), [""; 0]);
}

/// With a function that can be compared.
#[test]
fn a_method_that_compares_has_a_callback_too() {
    type Compared = WeakMethod<Text, fn(&Text) -> usize, OwnedEq>;
    let watch = |text: &Ptr<Text>, log: &Log, pointer: fn(&Text) -> usize| {
        let log = log.clone();
        Compared::comparing_with_callback(text, pointer, move |method: &Compared| {
            assert!(method.is_dead() && method.upgrade().is_none());
            log.note("method");
        })
    };
    let (log, text, pointer) = (Log::default(), text(), len as fn(&Text) -> usize);
    let (method, cancelled) = (watch(&text, &log, pointer), watch(&text, &log, pointer));
    assert_eq!(method.call(()), 4);
    assert!(method == Compared::comparing(&text, pointer) && method == cancelled);
    assert!(method != Compared::comparing(&text, |_| 7));
    let clone = method.clone();
    drop((method, cancelled));
    assert_eq!(log.take(), [""; 0]);
    drop(text);
    assert_eq!(log.take(), ["method"], "once, and not that of the one that was dropped");
    drop(clone);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn it_is_called_for_whichever_dies_first() {
    for object_first in [true, false] {
        let (log, text, function) = (Log::default(), text(), function());
        let method = watch_both(&text, &function, &log);
        assert_eq!(method.call(("s",)), "texts");
        if object_first {
            drop(text);
            assert_eq!(log.take(), ["method"]);
            drop(function);
        } else {
            drop(function);
            assert_eq!(log.take(), ["method"]);
            drop(text);
        }
        assert_eq!(log.take(), [""; 0]);
        drop(method);
        assert_eq!(log.take(), [""; 0]);
    }
}

#[test]
fn both_may_die_in_one_drop() {
    let log = Log::default();
    let (text, function) = (text(), function());
    let method = watch_both(&text, &function, &log);
    drop((text, function));
    assert_eq!(log.take(), ["method"]);
    drop(method);

    // The object owns the function, or is owned by it.
    let inner = self::function();
    let outer = owner(Some(inner.clone()));
    let calls = log.clone();
    let method = WeakMethod::with_weak_fn_and_callback(
        &outer,
        &inner,
        move |_: &WeakMethod<_, _, ByWeak>| calls.note("method"),
    );
    drop(inner);
    assert!(!method.is_dead());
    drop(outer);
    assert_eq!(log.take(), ["method"]);
    assert!(method.is_dead());

    let inner = self::text();
    let captured = inner.clone();
    let function = owner(move |_: &Text| captured.len());
    let calls = log.clone();
    let method = WeakMethod::with_weak_fn_and_callback(
        &inner,
        &function,
        move |_: &WeakMethod<_, _, ByWeak>| calls.note("method"),
    );
    drop(inner);
    drop(function);
    assert_eq!(log.take(), ["method"]);
    drop(method);
}

/// One of the two dies inside the callback for the other, which has been taken by then.
#[test]
fn the_other_may_die_in_the_callback() {
    let log = Log::default();
    for object_first in [true, false] {
        let (text, function, calls) = (text(), function(), log.clone());
        let rest = Shelf::new([(Some(text.clone()), Some(function.clone()))]);
        let inside = rest.clone();
        let callback = move |_: &Both| {
            drop(inside.take());
            calls.note("method");
        };
        let method = WeakMethod::with_weak_fn_and_callback(&text, &function, callback);
        let [(mut one, mut two)] = rest.take().try_into().ok().unwrap();
        // The shelf has the last owner of the other.
        if object_first {
            one = None;
            rest.put((one, two));
            drop(function);
            drop(text);
        } else {
            two = None;
            rest.put((one, two));
            drop(text);
            drop(function);
        }
        assert_eq!(log.take(), ["method"]);
        assert!(rest.take().is_empty());
        drop(method);
    }
}

#[test]
fn it_is_given_the_method() {
    let text = text();
    let shelf = Shelf::<Owned>::new([]);
    let given = shelf.clone();
    let method =
        WeakMethod::with_callback(&text, len as _, move |method: &Owned| given.put(method.clone()));
    drop(text);
    let [given] = shelf.take().try_into().unwrap();
    assert!(given.is_same_method(&method) && given == method && given.is_dead());
    assert!(given.try_call(()).is_err());

    for object_first in [true, false] {
        let (text, function) = (self::text(), function());
        let (method, shelf) = shelve_both(&text, &function);
        let clone = method.clone();
        if object_first {
            drop(text);
        } else {
            drop(function);
        }
        let [given] = shelf.take().try_into().unwrap();
        assert!(given.is_same_method(&method) && given == clone && given.is_dead());
        assert!(given.upgrade().is_none() && given.try_call(("",)).is_err());
    }
}

/// So the callback can take the method out of a map.
#[test]
#[allow(clippy::mutable_key_type)]
fn it_is_found_by_its_kept_hash() {
    for dies in ["object", "function", "function, the object having left its pointer"] {
        let (text, function) = (text(), function());
        let (method, shelf) = shelve_both(&text, &function);
        let hash = method.try_hash().unwrap();
        let map = HashMap::from([(method.clone(), "found")]);
        match dies {
            "object" => drop(text),
            "function" => drop(function),
            _ => {
                let moved = Ptr::try_unwrap(text).ok().unwrap();
                assert!(method.is_dead());
                assert_eq!(shelf.take().len(), 0, "not dropped yet");
                drop(function);
                drop(moved);
            }
        }
        let [given] = shelf.take().try_into().unwrap();
        assert_eq!(given.try_hash(), Ok(hash), "{dies}");
        assert_eq!(map.get(&given), Some(&"found"), "{dies}");
    }
}

#[test]
fn silent_when_dropped_before() {
    let (log, text, function) = (Log::default(), text(), function());
    drop(watch(&text, &log));
    drop(watch_both(&text, &function, &log));
    let (one, both) = (watch(&text, &log), watch_both(&text, &function, &log));
    let clones = (one.clone(), both.clone());
    drop((one, both));
    drop(clones);
    drop((text, function));
    assert_eq!(log.take(), [""; 0]);
}

/// In Python, this is an `AttributeError` that nobody can catch.
#[test]
fn b182_silent_when_an_earlier_callback_drops_it() {
    let unraisables = Unraisables::listen();
    for dies in ["object", "function"] {
        let (log, text, function) = (Log::default(), text(), function());
        let shelf = Shelf::new([]);
        let methods = (watch(&text, &log), watch_both(&text, &function, &log));
        // Newest first: this is called before the methods' own.
        let inside = (shelf.clone(), log.clone());
        let drop_them = move || {
            drop(inside.0.take());
            inside.1.note("dropped");
        };
        let earlier: (Option<WeakRef<_>>, Option<WeakRef<_>>) = if dies == "object" {
            (Some(WeakRef::with_callback(&text, move |_| drop_them())), None)
        } else {
            (None, Some(WeakRef::with_callback(&function, move |_| drop_them())))
        };
        shelf.put(methods);
        if dies == "object" {
            drop(text);
            assert_eq!(log.take(), ["dropped"]);
            drop(function);
        } else {
            drop(function);
            assert_eq!(log.take(), ["dropped"]);
            drop(text);
        }
        assert_eq!(log.take(), [""; 0]);
        drop(earlier);
    }
    assert_eq!(unraisables.take(), [""; 0]);
}

#[test]
fn its_own_callback_may_drop_it() {
    let (log, text, function) = (Log::default(), text(), function());
    let shelf = Shelf::<Both>::new([]);
    let inside = (shelf.clone(), log.clone());
    shelf.put(WeakMethod::with_weak_fn_and_callback(&text, &function, move |method: &Both| {
        assert_eq!(inside.0.take().len(), 1);
        assert!(method.is_dead() && method.try_call(("",)).is_err());
        inside.1.note("method");
    }));
    drop(function);
    assert_eq!(log.take(), ["method"]);
    drop(text);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn newest_first_among_the_others() {
    let (log, text, function) = (Log::default(), text(), function());
    let older = WeakRef::with_callback(&text, log.call("older"));
    let methods = (watch(&text, &log), watch_both(&text, &function, &log));
    let newer = WeakRef::with_callback(&text, log.call("newer"));
    drop(text);
    assert_eq!(log.take(), ["newer", "method", "method", "older"]);
    drop((older, methods, newer));
}

#[test]
fn a_panic_is_reported_once() {
    let unraisables = Unraisables::listen();
    let (log, text, function) = (Log::default(), text(), function());
    let older = WeakRef::with_callback(&text, log.call("older"));
    let method = WeakMethod::with_weak_fn_and_callback(&text, &function, |_: &Both| {
        panic!("on purpose");
    });
    drop(text);
    drop(function);
    assert_eq!(log.take(), ["older"]);
    let seen = unraisables.take();
    assert_eq!(seen.len(), 1);
    assert!(seen[0].starts_with("on purpose in ") && seen[0].contains("method"), "{seen:?}");
    drop((older, method));
}

struct Counted(Log);
impl Drop for Counted {
    fn drop(&mut self) {
        self.0.note("dropped");
    }
}

#[test]
fn b173_nothing_keeps_itself() {
    // What dies first, and whether there is the method still.
    for (object_first, method_first) in [(true, true), (true, false), (false, true), (false, false)]
    {
        let log = Log::default();
        let [object, function, callback] = [(); 3].map(|()| Counted(log.clone()));
        let object = owner(object);
        let function = owner(move |_: &Obj<Counted>| _ = &function);
        let method = WeakMethod::with_weak_fn_and_callback(
            &object,
            &function,
            move |_: &WeakMethod<_, _, ByWeak>| _ = &callback,
        );
        let mut method = Some(method);
        let clone = method.clone();
        drop(clone);
        if method_first {
            method = None;
            assert_eq!(log.take(), ["dropped"], "the callback");
            assert_eq!((Ptr::weak_count(&object), Ptr::weak_count(&function)), (0, 0));
        }
        if object_first {
            drop(object);
            drop(function);
        } else {
            drop(function);
            drop(object);
        }
        drop(method);
        assert_eq!(log.take().len(), if method_first { 2 } else { 3 });
    }

    let log = Log::default();
    let object = owner(Counted(log.clone()));
    let captured = Ptr::new(Lock::new(Counted(log.clone())));
    let (in_function, in_callback) = (captured.clone(), captured.clone());
    let method = WeakMethod::with_callback(
        &object,
        move |_: &Obj<Counted>| _ = &in_function,
        move |_: &WeakMethod<_, _>| _ = &in_callback,
    );
    assert_eq!(Ptr::strong_count(&captured), 4, "the function has been cloned");
    drop(object);
    assert_eq!(Ptr::strong_count(&captured), 2);
    assert_eq!(log.take(), ["dropped"]);
    drop(method);
    assert_eq!(Ptr::strong_count(&captured), 1);
}

#[test]
fn clearing_counts_as_a_death() {
    let log = Log::default();
    for clear_object in [true, false] {
        let (text, function) = (text(), function());
        let method = watch_both(&text, &function, &log);
        if clear_object {
            clear_weakrefs(&text);
        } else {
            clear_weakrefs(&function);
        }
        assert_eq!(log.take(), ["method"]);
        assert!(method.is_dead());
        drop((text, function));
        assert_eq!(log.take(), [""; 0]);
    }

    let (text, function) = (text(), function());
    let method = watch_both(&text, &function, &log);
    clear_weakrefs_silently(&text);
    assert!(method.is_dead());
    drop(text);
    assert_eq!(log.take(), [""; 0]);
    drop(function);
    assert_eq!(log.take(), ["method"], "the function had not been cleared");
}

#[test]
fn the_object_may_be_unsized() {
    let log = Log::default();
    let object: Ptr<Obj<Callable>> = owner(|| 7);
    let calls = log.clone();
    let method = WeakMethod::with_callback(
        &object,
        |object: &Obj<Callable>| object(),
        move |method: &WeakMethod<Obj<Callable>, _>| calls.note(method.is_dead()),
    );
    assert_eq!(method.call(()), 7);
    drop(object);
    assert_eq!(log.take(), ["true"]);
}
