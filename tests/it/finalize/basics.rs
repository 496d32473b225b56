//! What a finalizer does, and what can be done with it.

use std::{
    any::type_name,
    collections::hash_map::DefaultHasher,
    fmt::Debug,
    hash::{Hash, Hasher},
};

use weakref_core::{WeakRef, clear_weakrefs, clear_weakrefs_silently, finalize};
use weakref_tests::{Log, here};

use super::{Obj, Ptr, Weak, note, owner};

#[test]
fn b183_the_function_runs_when_the_object_dies() {
    let log = Log::default();
    let object = owner(7);
    let finalizer = finalize(&object, note(&log, "called"));
    let other = object.clone();
    drop(object);
    assert!(log.take().is_empty() && finalizer.is_alive(), "there is an owner left");
    drop(other);
    assert_eq!(log.take(), ["called"]);
    assert!(!finalizer.is_alive());
    drop(finalizer);
    assert!(log.take().is_empty());
}

#[test]
fn b183_inside_the_drop_in_its_thread() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let (thread, inner) = (here(), log.clone());
    finalize(&object, move || inner.note(here() == thread));
    drop(object);
    log.note("after");
    assert_eq!(log.take(), ["true", "dropped", "after"]);
}

#[test]
fn b184_it_lives_by_itself() {
    let log = Log::default();
    let object = owner(7);
    drop(finalize(&object, note(&log, "one")));
    finalize(&object, note(&log, "two"));
    assert!(log.take().is_empty());
    drop(object);
    assert_eq!(log.take(), ["two", "one"]);
}

#[test]
fn b187_calling_it_runs_it_and_gives_the_result() {
    let log = Log::default();
    let object = owner(7);
    let finalizer = finalize(&object, note(&log, "called"));
    assert_eq!(finalizer.call().as_deref(), Some("called"));
    assert_eq!(log.take(), ["called"]);
    assert!(!finalizer.is_alive());
}

#[test]
fn b188_it_runs_once_whatever_the_trigger() {
    let log = Log::default();
    let object = owner(7);
    let called = finalize(&object, note(&log, "called"));
    let died = finalize(&object, note(&log, "died"));
    assert!(called.call().is_some() && called.call().is_none() && called.clone().call().is_none());
    assert_eq!(log.take(), ["called"]);
    drop(object);
    assert_eq!(log.take(), ["died"]);
    assert!(called.call().is_none() && died.call().is_none());
    drop((called, died));
    assert!(log.take().is_empty());
}

#[test]
fn b192_peek_shows_the_object_and_the_function_and_changes_nothing() {
    let log = Log::default();
    let object = owner(7);
    let finalizer = finalize(&object, note(&log, "called"));
    for _ in 0..3 {
        let seen = finalizer.peek(|seen, function| {
            assert!(Ptr::ptr_eq(seen.unwrap(), &object));
            assert_eq!(Ptr::strong_count(&object), 2, "an owner");
            size_of_val(function)
        });
        assert_eq!(seen, Some(size_of_val(&note(&log, ""))));
        assert!(finalizer.is_alive() && finalizer.atexit() && log.take().is_empty());
        assert_eq!(Ptr::strong_count(&object), 1);
    }
    drop(object);
    assert_eq!(log.take(), ["called"]);
}

#[test]
fn b194_detach_gives_object_and_function_and_runs_nothing() {
    let log = Log::default();
    let object = owner(7);
    let finalizer = finalize(&object, note(&log, "called"));
    let (found, function) = finalizer.detach().unwrap();
    assert!(Ptr::ptr_eq(&found.unwrap(), &object));
    assert!(!finalizer.is_alive() && log.take().is_empty());
    drop(object);
    assert!(log.take().is_empty());
    assert_eq!(function(), "called");
}

#[test]
fn b195_dead_ones_show_nothing() {
    let log = Log::default();
    let [died, called, detached] = ["died", "called", "detached"].map(|name| {
        let object = owner(7);
        let finalizer = finalize(&object, note(&log, name));
        (object, finalizer)
    });
    drop(died.0);
    called.1.call();
    detached.1.detach();
    log.take();
    for finalizer in [died.1, called.1, detached.1] {
        assert!(finalizer.peek(|_, _| unreachable!()).is_none());
        assert!(finalizer.detach().is_none());
        assert!(finalizer.call().is_none());
        drop(finalizer.guard());
    }
    assert!(log.take().is_empty());
}

#[test]
fn b196_alive_until_call_death_or_detach() {
    let object = owner(7);
    let [called, detached, died, guarded] = [(); 4].map(|()| finalize(&object, || ()));
    assert!([&called, &detached, &died, &guarded].iter().all(|one| one.is_alive()));
    called.call();
    assert!(!called.is_alive() && detached.is_alive());
    detached.detach();
    assert!(!detached.is_alive() && guarded.is_alive());
    let handle = guarded.clone();
    drop(guarded.guard());
    assert!(!handle.is_alive() && died.is_alive());
    drop(object);
    assert!(!died.is_alive());
}

#[test]
fn b197_atexit_can_be_set_while_it_is_alive() {
    let object = owner(7);
    let finalizer = finalize(&object, || ());
    assert!(finalizer.atexit());
    for atexit in [true, false, false, true] {
        finalizer.set_atexit(atexit);
        assert_eq!((finalizer.atexit(), finalizer.clone().atexit()), (atexit, atexit));
    }
    finalizer.call();
    assert!(!finalizer.atexit());
    finalizer.set_atexit(true);
    assert!(!finalizer.atexit() && !finalizer.is_alive());
}

#[test]
fn b197_a_finalizer_that_is_not_to_run_at_exit_runs_at_the_death() {
    let log = Log::default();
    let object = owner(7);
    finalize(&object, note(&log, "called")).set_atexit(false);
    drop(object);
    assert_eq!(log.take(), ["called"]);
}

#[test]
fn b200_debug_shows_the_object_or_that_it_is_dead() {
    let object = owner(7);
    let name = type_name::<Obj<i32>>();
    let address = format!("{:p}", Ptr::as_ptr(&object));
    let finalizer = finalize(&object, || ());
    assert_eq!(format!("{finalizer:?}"), format!("Finalizer({name} at {address})"));
    let guard = finalizer.clone().guard();
    assert_eq!(format!("{guard:?}"), format!("FinalizerGuard(Finalizer({name} at {address}))"));
    drop(guard);
    assert_eq!(format!("{finalizer:?}"), format!("Finalizer({name}, dead)"));
}

#[test]
fn b200_debug_of_what_has_left_its_pointer_names_where_it_was() {
    let object = owner(7);
    let address = Ptr::as_ptr(&object);
    let finalizer = finalize(&object, || ());
    let value = Ptr::try_unwrap(object).unwrap();
    let name = type_name::<Obj<i32>>();
    assert_eq!(format!("{finalizer:?}"), format!("Finalizer({name} at {address:p})"));
    drop(value);
    assert_eq!(format!("{finalizer:?}"), format!("Finalizer({name}, dead)"));
}

#[test]
fn b201_they_compare_and_hash_by_identity() {
    fn hash(value: &impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        hasher.finish()
    }
    let object = owner(7);
    let [one, other] = [(); 2].map(|()| finalize(&object, || ()));
    assert!(one == one.clone() && one != other && hash(&one) == hash(&one.clone()));
    assert_ne!(hash(&one), hash(&other));
    // Dead or alive.
    let clone = one.clone();
    one.call();
    assert!(one == clone && one != other);
    drop(object);
    assert!(one != other && hash(&one) == hash(&clone));
    // Also of functions without size, of which there can be many at one place.
    let object = owner(7);
    let [one, other] = [(); 2].map(|()| finalize(&object, (|| ()) as fn()));
    assert_ne!(one, other);
}

#[test]
fn b203_one_that_owns_its_object_keeps_it() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let finalizer = finalize(&object, {
        let object = object.clone();
        move || drop(object)
    });
    let weak = WeakRef::new(&object);
    drop(object);
    assert!(!weak.is_dead() && finalizer.is_alive() && log.take().is_empty());
    // The way out: also for the leak check.
    finalizer.call();
    assert_eq!(log.take(), ["dropped"]);
}

#[test]
fn b206_a_clone_is_the_same_finalizer() {
    let log = Log::default();
    let object = owner(7);
    let finalizer = finalize(&object, note(&log, "called"));
    let clone = finalizer.clone();
    drop(finalizer);
    assert!(clone.is_alive());
    assert!(clone.clone().call().is_some());
    assert!(!clone.is_alive());
    drop(object);
    assert_eq!(log.take(), ["called"]);
}

#[test]
fn a_guard_takes_it_back() {
    let log = Log::default();
    let object = owner(7);
    {
        let captured = log.drop("released");
        let guard = finalize(&object, move || panic!("{captured:?}")).guard();
        assert!(guard.is_alive() && log.take().is_empty());
    }
    assert_eq!(log.take(), ["released"]);
    let guard = finalize(&object, note(&log, "called")).guard();
    drop(object);
    assert_eq!(log.take(), ["called"], "the death was before");
    drop(guard);
    assert!(log.take().is_empty());
}

#[test]
fn a_guard_whose_finalizer_was_called_does_nothing() {
    let log = Log::default();
    let object = owner(7);
    let guard = finalize(&object, note(&log, "called")).guard();
    assert!(guard.call().is_some());
    drop(guard);
    assert_eq!(log.take(), ["called"]);
}

#[test]
fn any_function_and_any_result() {
    fn function() -> Vec<u8> {
        vec![1, 2, 3]
    }
    let log = Log::default();
    let object = owner(7);
    let item = finalize(&object, function);
    let pointer = finalize(&object, function as fn() -> Vec<u8>);
    let boxed: Box<dyn FnOnce() -> Box<str> + Send> = Box::new(|| "text".into());
    let boxed = finalize(&object, boxed);
    assert_eq!(item.call(), Some(vec![1, 2, 3]));
    assert_eq!(pointer.call(), Some(vec![1, 2, 3]));
    assert_eq!(boxed.call().as_deref(), Some("text"));
    // What nobody waits for is dropped.
    let result = log.drop("result");
    finalize(&object, move || result);
    // Results need not be of one type, nor be anything that can move between threads.
    finalize(&object, || std::rc::Rc::new(7));
    drop(object);
    assert_eq!(log.take(), ["result"]);
}

#[test]
fn a_large_function_with_a_large_alignment() {
    #[repr(align(128))]
    struct Aligned([u8; 1000]);
    let object = owner(7);
    let log = Log::default();
    let (aligned, inner) = (Aligned([7; 1000]), log.clone());
    let finalizer = finalize(&object, move || {
        let aligned = aligned;
        assert_eq!(std::ptr::from_ref(&aligned).addr() % 128, 0);
        inner.note(aligned.0.iter().map(|byte| u32::from(*byte)).sum::<u32>());
    });
    let there = finalizer.peek(|_, function| std::ptr::from_ref(function).addr() % 128);
    assert_eq!(there, Some(0));
    drop(object);
    assert_eq!(log.take(), ["7000"]);
}

#[test]
fn of_a_trait_object() {
    trait Named: Debug {
        fn name(&self) -> String;
    }
    impl Named for i32 {
        fn name(&self) -> String {
            format!("number {self}")
        }
    }
    type Dyn = Obj<dyn Named + Send + Sync>;

    let log = Log::default();
    let object: Ptr<Dyn> = owner(7);
    let finalizer = finalize(&object, note(&log, "called"));
    assert_eq!(finalizer.peek(|object, _| object.unwrap().name()).as_deref(), Some("number 7"));
    let second = finalize(&object, note(&log, "detached"));
    let (owner, _) = second.detach().unwrap();
    assert_eq!(owner.unwrap().name(), "number 7");
    let address = format!("{:p}", Ptr::as_ptr(&object).cast::<()>());
    assert!(format!("{finalizer:?}").contains(&address));
    drop(object);
    assert_eq!(log.take(), ["called"]);
    assert!(!finalizer.is_alive());
}

#[test]
fn of_a_slice() {
    let log = Log::default();
    let object: Ptr<Obj<[u8]>> = owner([1, 2, 3]);
    let finalizer = finalize(&object, note(&log, "called"));
    assert_eq!(finalizer.peek(|object, _| object.unwrap().len()), Some(3));
    drop(object);
    assert_eq!(log.take(), ["called"]);
}

#[test]
fn clearing_runs_it() {
    let log = Log::default();
    let object = owner(7);
    let one = finalize(&object, note(&log, "one"));
    let weak = WeakRef::with_callback(&object, log.call("callback"));
    let two = finalize(&object, note(&log, "two"));
    clear_weakrefs(&object);
    assert_eq!(log.take(), ["two", "callback", "one"]);
    assert!(!one.is_alive() && !two.is_alive() && weak.is_dead());
    drop(object);
    assert!(log.take().is_empty());
}

#[test]
fn clearing_silently_leaves_it_alive() {
    let log = Log::default();
    let object = owner(7);
    let [called, detached, forgotten, guarded] = ["called", "detached", "forgotten", "guarded"]
        .map(|name| finalize(&object, note(&log, name)));
    clear_weakrefs_silently(&object);
    assert!(called.is_alive() && called.atexit());
    assert!(called.peek(|object, _| object.is_some()).unwrap());
    assert!(called.call().is_some());
    assert_eq!(log.take(), ["called"]);
    assert!(Ptr::ptr_eq(&detached.detach().unwrap().0.unwrap(), &object));
    let handle = guarded.clone();
    drop(guarded.guard());
    assert!(!handle.is_alive());
    drop(object);
    assert!(log.take().is_empty(), "the death does not know of it");
    assert!(forgotten.is_alive());
    assert!(forgotten.peek(|object, _| object.is_none()).unwrap());
    assert!(forgotten.call().is_some());
    assert_eq!(log.take(), ["forgotten"]);
}

#[test]
fn what_it_owns_goes_with_the_call_the_detach_and_the_death() {
    let log = Log::default();
    let object = owner(7);
    let [called, detached, guarded, _died] =
        ["called", "detached", "guarded", "died"].map(|name| {
            let (log, captured) = (log.clone(), log.drop(format!("{name}'s")));
            finalize(&object, move || {
                let _captured = &captured;
                log.note(name);
                drop(captured);
            })
        });
    called.call();
    assert_eq!(log.take(), ["called", "called's"]);
    let (_, function) = detached.detach().unwrap();
    assert!(log.take().is_empty());
    drop(function);
    assert_eq!(log.take(), ["detached's"]);
    drop(guarded.guard());
    assert_eq!(log.take(), ["guarded's"]);
    drop(object);
    assert_eq!(log.take(), ["died", "died's"]);
}

#[test]
fn what_has_left_its_pointer_is_told_when_it_drops() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let finalizer = finalize(&object, note(&log, "called"));
    let taken_back = finalize(&object, note(&log, "taken back"));
    let value = Ptr::into_inner(object).unwrap();
    assert!(finalizer.is_alive() && finalizer.peek(|object, _| object.is_none()).unwrap());
    assert!(taken_back.detach().is_some_and(|(owner, _)| owner.is_none()));
    let new = Ptr::new(value);
    assert!(log.take().is_empty());
    drop(new);
    assert_eq!(log.take(), ["called", "dropped"]);
}

#[test]
fn make_mut_takes_it_along() {
    let log = Log::default();
    let mut object = owner(7);
    let finalizer = finalize(&object, note(&log, "called"));
    let weak: Weak<_> = Ptr::downgrade(&object);
    **Ptr::make_mut(&mut object) = 8;
    assert!(weak.upgrade().is_none() && finalizer.is_alive(), "it has moved");
    drop(object);
    assert_eq!(log.take(), ["called"]);
}
