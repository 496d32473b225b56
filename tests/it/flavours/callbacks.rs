//! What is called at a death: when, how often, in which order, with what.

use std::collections::HashMap;

use weakref_core::{WeakRef, WeakValueMap, clear_weakrefs, weakref_count, weakrefs};
use weakref_tests::{Log, Numbers, here};

use super::{Callable, Here, Obj, Ptr, Shelf, Weak, owner};
use crate::support::assert_same;

#[test]
fn b033_a_callback_runs_once_with_its_reference() {
    let object = owner(7);
    let given = Shelf::new([]);
    let weak = WeakRef::with_callback(&object, {
        let given = given.clone();
        move |dead: &WeakRef<_>| given.put(dead.clone())
    });
    let other = object.clone();
    drop(object);
    assert!(given.take().is_empty(), "there is an owner left");

    drop(other);
    assert_same(&given.take(), &[&weak]);
    drop(weak);
    assert!(given.take().is_empty());
}

#[test]
fn b034_dropping_the_reference_cancels_the_callback() {
    let log = Log::default();
    let object = owner(7);
    let canceled = WeakRef::with_callback(&object, {
        let captured = log.drop("captured");
        move |_: &WeakRef<_>| panic!("{captured:?}")
    });
    let kept = WeakRef::with_callback(&object, log.call("kept"));
    // One of two clones is not the reference.
    drop(canceled.clone());
    assert!(log.take().is_empty());
    drop(canceled);
    assert_eq!(log.take(), ["captured"]);

    drop(object);
    assert_eq!(log.take(), ["kept"]);
    drop(kept);
}

#[test]
fn b035_several_references_share_one_callable() {
    let log = Log::default();
    let object = owner(7);
    let callable = Ptr::new({
        let log = log.clone();
        move |_: &WeakRef<Obj<i32>>| log.note("called")
    });
    let refs = [(); 3].map(|()| {
        let callable = callable.clone();
        WeakRef::with_callback(&object, move |dead: &WeakRef<_>| callable(dead))
    });
    assert_eq!(Ptr::strong_count(&callable), 4);
    drop(object);
    assert_eq!(log.take(), ["called"; 3]);
    assert_eq!(Ptr::strong_count(&callable), 1);
    drop(refs);
}

#[test]
fn b036_callbacks_run_newest_first() {
    let log = Log::default();
    for count in [1, 2, 3, 10, 100] {
        let object = owner(7);
        let refs: Vec<_> =
            (0..count).map(|number| WeakRef::with_callback(&object, log.call(number))).collect();
        drop(object);
        let expected: Vec<_> = (0..count).rev().map(|number| number.to_string()).collect();
        assert_eq!(log.take(), expected);
        drop(refs);
    }
}

#[test]
fn b036_newest_first_whatever_has_come_and_gone_before() {
    let log = Log::default();
    let mut numbers = Numbers(36);
    for round in 0..200 {
        let object = owner(7);
        let mut refs: Vec<(usize, WeakRef<_>)> = Vec::new();
        for step in 0..round {
            if numbers.below(5) < 2 && !refs.is_empty() {
                let (_, gone) = refs.remove(numbers.below(refs.len()));
                if numbers.below(2) == 0 {
                    gone.detach();
                }
            } else {
                refs.push((step, WeakRef::with_callback(&object, log.call(step))));
            }
            assert_eq!(weakref_count(&object), refs.len());
        }
        let expected: Vec<_> = refs.iter().rev().map(|(_, weak)| weak).collect();
        assert_same(&weakrefs(&object), &expected);

        drop(object);
        let expected: Vec<_> = refs.iter().rev().map(|(step, _)| step.to_string()).collect();
        assert_eq!(log.take(), expected);
    }
}

#[test]
fn b037_all_references_are_dead_before_the_first_callback() {
    let log = Log::default();
    let object = owner(7);
    let others = [WeakRef::new(&object), WeakRef::with_callback(&object, |_| ())];
    let std: Weak<_> = Ptr::downgrade(&object);
    let first = WeakRef::with_callback(&object, {
        let (log, others) = (log.clone(), others.clone());
        move |me: &WeakRef<_>| {
            let upgraded = others.iter().filter_map(WeakRef::upgrade).count();
            let dead = others.iter().all(WeakRef::is_dead) && me.is_dead();
            log.note(format!("{upgraded} {dead} {}", std.strong_count()));
            assert!(me.upgrade().is_none() && me.with(|_| ()).is_none());
        }
    });
    drop(object);
    assert_eq!(log.take(), ["0 true 0"]);
    drop((first, others));
}

/// There is none to ignore: a callback is `FnOnce(&WeakRef<T>)`, and a function will do.
#[test]
fn b038_a_callback_returns_nothing() {
    type Callback = dyn FnOnce(&WeakRef<Obj<Log>>) + Send;
    fn callback(dead: &WeakRef<Obj<Log>>) {
        assert!(dead.is_dead());
    }
    let log = Log::default();
    let object = owner(log.clone());
    let function = WeakRef::with_callback(&object, callback);
    let pointer = WeakRef::with_callback(&object, callback as fn(&WeakRef<Obj<Log>>));
    let boxed: Box<Callback> = Box::new(log.call("boxed"));
    let boxed = WeakRef::with_callback(&object, boxed);
    drop(object);
    assert_eq!(log.take(), ["boxed"]);
    drop((function, pointer, boxed));
}

#[test]
fn b045_what_a_callback_owns_goes_with_the_call() {
    let log = Log::default();
    let object = owner(7);
    let [older, newer] = ["older", "newer"].map(|name| {
        let (log, captured) = (log.clone(), log.drop(format!("{name} released")));
        WeakRef::with_callback(&object, move |_: &WeakRef<_>| {
            log.note(format!("{name} called"));
            drop(captured);
        })
    });
    drop(object);
    let expected = ["newer called", "newer released", "older called", "older released"];
    assert_eq!(log.take(), expected);
    drop((older, newer));
    assert!(log.take().is_empty());
}

#[test]
fn b045_also_what_it_has_not_used() {
    let log = Log::default();
    let object = owner(7);
    let captured = log.drop("released");
    let weak = WeakRef::with_callback(&object, {
        let log = log.clone();
        move |_: &WeakRef<_>| {
            let _owned = &captured;
            log.note("called");
        }
    });
    drop(object);
    assert_eq!(log.take(), ["called", "released"]);
    drop(weak);
}

#[test]
fn b046_a_callback_that_owns_its_referent_keeps_it() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let weak = WeakRef::with_callback(&object, {
        let object = object.clone();
        move |_: &WeakRef<_>| panic!("{object:?}")
    });
    drop(object);
    assert!(log.take().is_empty() && !weak.is_dead());
    // The way out: also for the leak check.
    weak.detach();
    assert_eq!(log.take(), ["dropped"]);
    assert!(weak.is_dead());
}

#[test]
fn b050_callbacks_run_inside_the_drop_in_its_thread() {
    let log = Log::default();
    let object = owner(7);
    let thread = here();
    let weak = WeakRef::with_callback(&object, {
        let log = log.clone();
        move |_: &WeakRef<_>| log.note(here() == thread)
    });
    log.note("before");
    drop(object);
    log.note("after");
    assert_eq!(log.take(), ["before", "true", "after"]);
    drop(weak);
}

/// See also `hash_eq.rs`, B064.
#[test]
#[allow(clippy::mutable_key_type)]
fn b051_a_callback_finds_its_reference_in_a_table() {
    let log = Log::default();
    let objects = [owner(1), owner(2)];
    let table: Shelf<HashMap<_, _>> = Shelf::new([]);
    let refs = objects.each_ref().map(|object| {
        let (log, table) = (log.clone(), table.clone());
        WeakRef::with_callback(object, move |dead: &WeakRef<Obj<i32>>| {
            let mut map = table.take().remove(0);
            log.note(format!("{:?}", map.remove(dead)));
            table.put(map);
        })
    });
    let pairs = refs.iter().cloned().zip(["one", "two"]);
    table.put(pairs.collect());

    let [one, two] = objects;
    drop(two);
    assert_eq!(log.take(), ["Some(\"two\")"]);
    drop(one);
    assert_eq!(log.take(), ["Some(\"one\")"]);
    assert!(table.take()[0].is_empty());
}

#[test]
fn b055_a_callable_can_be_a_referent() {
    let log = Log::default();
    let callable: Ptr<Obj<Callable>> = owner(|| 7);
    let weak = WeakRef::with_callback(&callable, log.call("called"));
    assert_eq!(weak.with(|function| function()), Some(7));
    drop(callable);
    assert_eq!(log.take(), ["called"]);
    assert_eq!(weak.with(|function| function()), None);
}

#[test]
fn b056_without_callback_nothing_of_the_users_runs_but_drop() {
    struct Hostile(weakref_tests::NotesDrop);
    impl PartialEq for Hostile {
        fn eq(&self, _: &Self) -> bool {
            unreachable!()
        }
    }
    impl Eq for Hostile {}
    impl std::hash::Hash for Hostile {
        fn hash<H: std::hash::Hasher>(&self, _: &mut H) {
            unreachable!()
        }
    }
    impl std::fmt::Debug for Hostile {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            unreachable!("{:?}", self.0)
        }
    }

    let log = Log::default();
    let object = owner(Hostile(log.drop("dropped")));
    let refs = [WeakRef::new(&object), WeakRef::new(&object)];
    let map = WeakValueMap::from([("key", object.clone())]);
    drop(object);
    assert_eq!(log.take(), ["dropped"]);
    assert!(refs[0].is_dead() && map.is_empty());
}

#[test]
fn b208_callbacks_and_container_removals_run_newest_first() {
    let log = Log::default();
    let object = owner(7);
    let maps: [Ptr<WeakValueMap<_, Obj<i32>>>; 2] = [(); 2].map(|()| Ptr::default());
    let look = |name: &'static str| {
        let (log, maps) = (log.clone(), maps.clone());
        WeakRef::with_callback(&object, move |_: &WeakRef<Obj<i32>>| {
            log.note(format!("{name}: {} {}", maps[0].len(), maps[1].len()));
        })
    };
    let oldest = look("oldest");
    maps[0].insert("key", &object);
    let middle = look("middle");
    maps[1].insert("key", &object);
    maps[1].insert("other key", &object);
    let newest = look("newest");

    assert_eq!(weakref_count(&object), 6);
    drop(object);
    assert_eq!(log.take(), ["newest: 1 2", "middle: 1 0", "oldest: 0 0"]);
    drop((oldest, middle, newest));
}

/// All look at an object that seems dead: its entries have gone, as its references read dead.
#[test]
fn a_clear_empties_the_containers_before_it_calls() {
    let log = Log::default();
    let object = owner(7);
    let map: Ptr<WeakValueMap<_, Obj<i32>>> = Ptr::default();
    let look = |name: &'static str| {
        let (log, map) = (log.clone(), map.clone());
        WeakRef::with_callback(&object, move |_: &WeakRef<Obj<i32>>| {
            log.note(format!("{name}: {}", map.len()));
        })
    };
    let older = look("older");
    map.insert("key", &object);
    let newer = look("newer");
    clear_weakrefs(&object);
    assert_eq!(log.take(), ["newer: 0", "older: 0"]);
    drop((older, newer));
}

#[test]
fn a_slot_of_this_flavour_is_used() {
    assert_eq!(
        std::any::type_name::<<Obj<i32> as weakref_core::Weakrefable>::Flavor>(),
        std::any::type_name::<Here>(),
    );
}
