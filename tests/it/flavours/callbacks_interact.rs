//! Callbacks that meet other references, other objects, and each other.

use weakref_core::{WeakRef, WeakValueMap, clear_weakrefs, weakref_count, weakrefs};
use weakref_tests::Log;

use super::{Obj, Ptr, Shelf, owner};

/// Returns two references to the object, of which the newer one's callback does `act` to the older.
fn newer_acts_on_older(
    log: &Log,
    act: fn(WeakRef<Obj<i32>>),
) -> (Ptr<Obj<i32>>, WeakRef<Obj<i32>>) {
    let object = owner(7);
    let older = Shelf::new([WeakRef::with_callback(&object, {
        let (log, captured) = (log.clone(), log.drop("older released"));
        move |_: &WeakRef<_>| {
            let _owned = &captured;
            log.note("older called");
        }
    })]);
    let newer = WeakRef::with_callback(&object, {
        let log = log.clone();
        move |_: &WeakRef<_>| {
            log.note("newer called");
            older.take().into_iter().for_each(act);
        }
    });
    (object, newer)
}

/// Who is called is settled when the object dies, as in Python.
#[test]
fn b034_a_callback_drops_another_reference() {
    let log = Log::default();
    let (object, weak) = newer_acts_on_older(&log, drop);
    drop(object);
    assert_eq!(log.take(), ["newer called", "older called", "older released"]);
    drop(weak);
}

#[test]
fn a_callback_detaches_another_reference() {
    let log = Log::default();
    let (object, weak) = newer_acts_on_older(&log, |older| older.detach());
    drop(object);
    assert_eq!(log.take(), ["newer called", "older released"]);
    drop(weak);
}

#[test]
fn a_callback_leaves_another_reference_alone() {
    let log = Log::default();
    let kept = Shelf::new([]);
    let (object, weak) = newer_acts_on_older(&log, |_| ());
    kept.put(weakrefs(&object));
    drop(object);
    assert_eq!(log.take(), ["newer called", "older called", "older released"]);
    drop((weak, kept));
}

#[test]
fn a_callback_drops_and_detaches_its_own_reference() {
    let log = Log::default();
    let object = owner(7);
    let me = Shelf::new([]);
    me.put(WeakRef::with_callback(&object, {
        let (log, me, captured) = (log.clone(), me.clone(), log.drop("released"));
        move |weak: &WeakRef<_>| {
            let _owned = &captured;
            me.take().into_iter().for_each(|me: WeakRef<_>| assert!(me.is_same_reference(weak)));
            weak.detach();
            log.note("called");
        }
    }));
    drop(object);
    assert_eq!(log.take(), ["called", "released"]);
}

#[test]
fn b047_a_callback_makes_objects_and_references() {
    let log = Log::default();
    let [object, other] = [owner(1), owner(2)];
    let made = Shelf::new([]);
    let weak = WeakRef::with_callback(&object, {
        let (log, other, made) = (log.clone(), other.clone(), made.clone());
        move |dead: &WeakRef<_>| {
            made.put(WeakRef::with_callback(&other, log.call("other")));
            let short = owner(3);
            let of_short = WeakRef::with_callback(&short, log.call("short"));
            drop(short);
            assert!(of_short.is_dead());
            // More of the dead one: they are dead, and call nobody.
            made.put(dead.clone());
            log.note("called");
        }
    });
    drop(object);
    assert_eq!(log.take(), ["short", "called"]);
    assert_eq!(weakref_count(&other), 1);
    drop(other);
    assert_eq!(log.take(), ["other"]);
    drop((weak, made.take()));
}

#[test]
fn b047_a_callback_drops_the_last_owner_of_another() {
    let log = Log::default();
    let [outer, inner] = [owner(1), owner(2)];
    let inner_refs =
        ["inner older", "inner newer"].map(|name| WeakRef::with_callback(&inner, log.call(name)));
    let older = WeakRef::with_callback(&outer, log.call("outer older"));
    let newer = WeakRef::with_callback(&outer, {
        let log = log.clone();
        move |_: &WeakRef<_>| {
            log.note("outer newer begins");
            drop(inner);
            log.note("outer newer ends");
        }
    });
    drop(outer);
    assert_eq!(
        log.take(),
        ["outer newer begins", "inner newer", "inner older", "outer newer ends", "outer older"]
    );
    drop((older, newer, inner_refs));
}

#[test]
fn b004_an_owner_upgraded_in_a_callback_becomes_the_last() {
    let log = Log::default();
    let [outer, inner] = [owner(1), owner(2)];
    let of_inner = WeakRef::with_callback(&inner, log.call("inner"));
    let owners = Shelf::new([inner]);
    let of_outer = WeakRef::with_callback(&outer, {
        let (log, owners, of_inner) = (log.clone(), owners.clone(), of_inner.clone());
        move |_: &WeakRef<_>| {
            let upgraded = of_inner.upgrade().unwrap();
            drop(owners.take());
            log.note(format!("{} is dead: {}", **upgraded, of_inner.is_dead()));
            drop(upgraded);
            log.note(format!("then: {}", of_inner.is_dead()));
        }
    });
    drop(outer);
    assert_eq!(log.take(), ["2 is dead: false", "inner", "then: true"]);
    drop(of_outer);
}

#[test]
fn two_objects_whose_callbacks_drop_each_other() {
    let log = Log::default();
    let [one, two] = [Shelf::new([owner(1)]), Shelf::new([owner(2)])];
    let kill = |name: &'static str, of: &Shelf<Ptr<Obj<i32>>>, other: &Shelf<_>| {
        let object = of.take().pop().unwrap();
        let (log, other): (_, Shelf<Ptr<Obj<i32>>>) = (log.clone(), other.clone());
        let weak = WeakRef::with_callback(&object, move |_: &WeakRef<_>| {
            log.note(name);
            drop(other.take());
            log.note(format!("{name} ends"));
        });
        of.put(object);
        weak
    };
    let refs = [kill("one", &one, &two), kill("two", &two, &one)];
    drop(one.take());
    assert_eq!(log.take(), ["one", "two", "two ends", "one ends"]);
    drop(refs);
}

#[test]
fn a_callback_that_is_dropped_drops_objects() {
    let log = Log::default();
    let [outer, inner] = [owner(1), owner(2)];
    let of_inner = WeakRef::with_callback(&inner, log.call("inner"));
    let of_outer = WeakRef::with_callback(&outer, move |_: &WeakRef<_>| panic!("{inner:?}"));
    // By way of the callback, which is not called.
    of_outer.detach();
    assert_eq!(log.take(), ["inner"]);
    drop((outer, of_inner));
}

#[test]
fn a_callback_clears_another_object() {
    let log = Log::default();
    let [dying, living] = [owner(1), owner(2)];
    let map = WeakValueMap::from([("key", living.clone())]);
    let of_living = WeakRef::with_callback(&living, log.call("living"));
    let of_dying = WeakRef::with_callback(&dying, {
        let living = living.clone();
        move |_: &WeakRef<_>| clear_weakrefs(&living)
    });
    drop(dying);
    assert_eq!(log.take(), ["living"]);
    assert!(of_living.is_dead() && map.is_empty());
    assert_eq!(**living, 2);
    drop(of_dying);
}

/// The whole list is taken out of the slot first: what is registered later is not of this death.
#[test]
fn a_callback_registers_again_with_a_cleared_object() {
    let log = Log::default();
    let object = owner(7);
    let made = Shelf::new([]);
    let weak = WeakRef::with_callback(&object, {
        let (log, made, object) = (log.clone(), made.clone(), Ptr::downgrade(&object));
        move |_: &WeakRef<_>| {
            let object = object.upgrade().unwrap();
            log.note("first");
            made.put(WeakRef::with_callback(&object, log.call("second")));
        }
    });
    clear_weakrefs(&object);
    assert_eq!(log.take(), ["first"]);
    assert!(weak.is_dead());
    drop(object);
    assert_eq!(log.take(), ["second"]);
    drop(made.take());
}

#[test]
fn b036_callbacks_of_one_object_do_not_mix_with_those_of_another() {
    let log = Log::default();
    let objects = [1, 2, 3].map(owner);
    let refs: Vec<_> = (0..9)
        .map(|number| {
            let object = &objects[number % 3];
            WeakRef::with_callback(object, log.call(format!("{} of {}", number, ***object)))
        })
        .collect();
    let [one, two, three] = objects;
    drop(two);
    assert_eq!(log.take(), ["7 of 2", "4 of 2", "1 of 2"]);
    drop((one, three));
    assert_eq!(log.take(), ["6 of 1", "3 of 1", "0 of 1", "8 of 3", "5 of 3", "2 of 3"]);
    drop(refs);
}

/// In the middle of two runs at once, of which the inner one was settled from the beginning.
#[test]
fn b034_a_callback_of_a_clear_drops_a_reference_to_the_dying() {
    let log = Log::default();
    let (object, living) = (owner(1), owner(2));
    let older = WeakRef::with_callback(&object, log.call("older"));
    let inner = WeakRef::with_callback(&living, move |_| drop(older));
    let newer = WeakRef::with_callback(&object, move |_: &WeakRef<_>| clear_weakrefs(&living));
    drop(object);
    assert_eq!(log.take(), ["older"]);
    drop((inner, newer));
}
