//! Panics at a death: none leaves the drop, none keeps the others from being told.

use std::{
    any::Any,
    panic::{panic_any, resume_unwind},
};

use weakref_core::{WeakRef, WeakValueMap, clear_weakrefs};
use weakref_tests::{Log, Unraisables, panic_of};

use super::{Obj, Ptr, owner};

/// Drops, and panics if it is told to. So does whoever owns it.
struct Panics(Option<&'static str>);

impl Drop for Panics {
    fn drop(&mut self) {
        if let Some(message) = self.0 {
            panic!("{message}");
        }
    }
}

/// What an unraisable's source looks like for a callback in `function` of this module.
#[track_caller]
fn assert_from(unraisable: &str, message: &str, function: &str) {
    assert!(unraisable.starts_with(&format!("{message} in {}", module_path!())), "{unraisable}");
    assert!(unraisable.contains(function), "{unraisable}");
}

#[test]
fn b039_a_panic_is_reported_and_the_others_run() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let older = WeakRef::with_callback(&object, log.call("older"));
    let panics = WeakRef::with_callback(&object, |_| panic!("on purpose {}", 1));
    let map = WeakValueMap::from([("key", object.clone())]);
    let again = WeakRef::with_callback(&object, |_| panic!("on purpose"));
    let newer = WeakRef::with_callback(&object, log.call("newer"));
    drop(object);

    assert_eq!(log.take(), ["newer", "older", "dropped"]);
    assert!(map.is_empty());
    let seen = unraisables.take();
    assert_eq!(seen.len(), 2);
    assert_from(&seen[0], "on purpose", "b039_a_panic_is_reported");
    assert_from(&seen[1], "on purpose 1", "b039_a_panic_is_reported");
    drop((older, panics, again, newer));
}

#[test]
fn b040_whatever_the_payload_is() {
    let payloads = Log::default();
    let unraisables = Unraisables::listen_and({
        let payloads = payloads.clone();
        move |payload: &(dyn Any + Send)| {
            payloads.note(format!("{:?}", payload.downcast_ref::<u32>()));
        }
    });
    let object = owner(7);
    let weak = WeakRef::with_callback(&object, |_| panic_any(40_u32));
    drop(object);
    assert_eq!(payloads.take(), ["Some(40)"]);
    assert_from(&unraisables.take()[0], "no string", "b040_whatever_the_payload_is");
    drop(weak);
}

#[test]
fn b041_the_hook_is_told_which_callback_it_was() {
    fn named(_: &WeakRef<Obj<i32>>) {
        panic!("from a function")
    }
    let unraisables = Unraisables::listen();
    let object = owner(7);
    let weak = WeakRef::with_callback(&object, named);
    drop(object);
    let seen = unraisables.take();
    assert_from(&seen[0], "from a function", "b041_the_hook_is_told_which_callback_it_was::named");
    drop(weak);
}

#[test]
fn a_hook_that_panics_is_swallowed() {
    let unraisables = Unraisables::listen_and(|_| panic!("in the hook"));
    let log = Log::default();
    let object = owner(7);
    let older = WeakRef::with_callback(&object, log.call("older"));
    let panics = WeakRef::with_callback(&object, |_| panic!("in the callback"));
    drop(object);
    assert_eq!(unraisables.take().len(), 1, "it is not told of its own");
    assert_eq!(log.take(), ["older"]);
    drop((older, panics));
}

#[test]
fn a_hook_may_use_everything() {
    let log = Log::default();
    let unraisables = Unraisables::listen_and({
        let log = log.clone();
        move |_| {
            let object = owner(7);
            let weak = WeakRef::with_callback(&object, log.call("inside the hook"));
            drop(object);
            drop(weak);
            weakref_core::set_unraisable_hook(|_| ());
        }
    });
    let object = owner(7);
    let weak = WeakRef::with_callback(&object, |_| panic!("outside"));
    drop(object);
    assert_eq!((log.take(), unraisables.take().len()), (vec!["inside the hook".into()], 1));
    drop(weak);
}

#[test]
fn a_payload_whose_drop_panics() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let object = owner(7);
    let older = WeakRef::with_callback(&object, log.call("older"));
    let panics = WeakRef::with_callback(&object, |_| panic_any(Panics(Some("payload"))));
    drop(object);
    assert_eq!(log.take(), ["older"]);
    assert_eq!(unraisables.take().len(), 1);
    drop((older, panics));
}

#[test]
fn a_hook_that_panics_and_two_payloads_that_do() {
    let unraisables = Unraisables::listen_and(|_| panic_any(Panics(Some("the hook's payload"))));
    let log = Log::default();
    let object = owner(7);
    let older = WeakRef::with_callback(&object, log.call("older"));
    let panics = WeakRef::with_callback(&object, |_| panic_any(Panics(Some("payload"))));
    drop(object);
    assert_eq!((log.take(), unraisables.take().len()), (vec!["older".into()], 1));
    drop((older, panics));
}

/// A payload that panics as it drops, with another one that does.
struct Hydra {
    heads: u32,
    log: Log,
}

impl Drop for Hydra {
    fn drop(&mut self) {
        self.log.note(self.heads);
        if self.heads > 0 {
            resume_unwind(Box::new(Self { heads: self.heads - 1, log: self.log.clone() }));
        }
    }
}

#[test]
fn payloads_that_panic_in_turn() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let object = owner(7);
    let older = WeakRef::with_callback(&object, log.call("older"));
    let panics = WeakRef::with_callback(&object, {
        let hydra = Hydra { heads: 3, log: log.clone() };
        move |_: &WeakRef<_>| panic_any(hydra)
    });
    drop(object);
    assert_eq!(log.take(), ["3", "2", "1", "0", "older"]);
    assert_eq!(unraisables.take().len(), 1);
    drop((older, panics));
}

#[test]
fn what_a_callback_owns_may_panic_as_it_drops() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let older = WeakRef::with_callback(&object, log.call("older"));
    let captured = Panics(Some("captured"));
    let panics = WeakRef::with_callback(&object, {
        let log = log.clone();
        move |_: &WeakRef<_>| {
            let _owned = &captured;
            log.note("newer");
        }
    });
    drop(object);
    assert_eq!(log.take(), ["newer", "older", "dropped"]);
    let seen = unraisables.take();
    assert_from(&seen[0], "captured", "what_a_callback_owns_may_panic_as_it_drops");
    drop((older, panics));
}

/// Where the user drops a callback uncalled, the panic is the user's, as with any value.
#[test]
fn a_callback_that_is_cancelled_panics_to_who_cancels_it() {
    let unraisables = Unraisables::listen();
    let object = owner(7);
    for cancel in [WeakRef::detach, |weak: &WeakRef<_>| drop(weak.clone())] {
        let captured = Panics(Some("captured"));
        let weak = WeakRef::with_callback(&object, move |_| {
            let _owned = &captured;
        });
        let mut weak = Some(weak);
        let message = panic_of(|| {
            cancel(weak.as_ref().unwrap());
            weak = None;
        });
        assert_eq!(message, "captured");
    }
    assert_eq!(weakref_core::weakref_count(&object), 0, "the slot is whole");
    assert!(unraisables.take().is_empty());
}

#[test]
fn the_panics_of_a_clear_stay_inside_too() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let object = owner(7);
    let older = WeakRef::with_callback(&object, log.call("older"));
    let panics = WeakRef::with_callback(&object, |_| panic!("on purpose"));
    clear_weakrefs(&object);
    assert_eq!((log.take(), unraisables.take().len()), (vec!["older".into()], 1));
    drop((older, panics));
}

#[test]
fn a_death_inside_a_callback_that_then_panics() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let [outer, inner] = [owner(1), owner(2)];
    let of_inner = WeakRef::with_callback(&inner, |_| panic!("inner"));
    let older = WeakRef::with_callback(&outer, log.call("older"));
    let newer = WeakRef::with_callback(&outer, move |_: &WeakRef<_>| {
        let _dies_as_this_unwinds = inner;
        panic!("outer");
    });
    drop(outer);
    let seen = unraisables.take();
    assert_eq!(seen.len(), 2);
    assert_from(&seen[0], "inner", "a_death_inside_a_callback");
    assert_from(&seen[1], "outer", "a_death_inside_a_callback");
    assert_eq!(log.take(), ["older"]);
    drop((of_inner, older, newer));
}

/// A panic that left a drop during unwinding would abort the program.
#[test]
fn a_death_during_unwinding() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let older = WeakRef::with_callback(&object, log.call("older"));
    let panics = WeakRef::with_callback(&object, |_| panic!("from the callback"));
    let map: Ptr<WeakValueMap<_, _>> = Ptr::new(WeakValueMap::from([("key", object.clone())]));
    let message = panic_of(|| {
        let _dies = object;
        panic!("from outside");
    });
    assert_eq!(message, "from outside");
    assert_eq!(log.take(), ["older", "dropped"]);
    assert!(older.is_dead() && map.is_empty());
    assert_from(&unraisables.take()[0], "from the callback", "a_death_during_unwinding");
    drop(panics);
}

/// A value's own `Drop` panics where it always does; the callbacks have run by then.
#[test]
fn a_value_whose_drop_panics() {
    let log = Log::default();
    let object = owner(Panics(Some("value")));
    let map = WeakValueMap::from([("key", object.clone())]);
    let weak = WeakRef::with_callback(&object, log.call("called"));
    assert_eq!(panic_of(|| drop(object)), "value");
    assert_eq!(log.take(), ["called"]);
    assert!(weak.is_dead() && map.is_empty());
}
