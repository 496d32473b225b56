//! Methods of two that can die, and keys that are replaced as the object dies.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use weakref_core::{KeyedRef, Slotted, WeakMethod, method::ByWeak, weakref_count};

use super::{Meeting, Value, check, value};

type Function = Slotted<fn(&Value) -> u32>;
type Method = WeakMethod<Value, Function, ByWeak>;

/// An object, a function, and a method of the two whose callback counts its calls, and is counted.
struct Stage {
    object: Arc<Value>,
    function: Arc<Function>,
    method: Method,
    calls: Arc<AtomicUsize>,
}

impl Stage {
    fn new() -> Self {
        let (object, function) = (value(7), Arc::new(Slotted::new((|n| **n) as fn(&Value) -> u32)));
        let calls = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&calls);
        let method =
            WeakMethod::with_weak_fn_and_callback(&object, &function, move |method: &Method| {
                assert!(method.is_dead() && method.try_call(()).is_err());
                count.fetch_add(1, Ordering::Relaxed);
            });
        Self { object, function, method, calls }
    }
}

/// Returns the number of calls, after which no callback is left.
fn calls(calls: &Arc<AtomicUsize>) -> usize {
    assert_eq!(Arc::strong_count(calls), 1, "the callback is gone");
    calls.load(Ordering::Relaxed)
}

#[test]
fn object_and_function_die() {
    check(3, || {
        let stage = Stage::new();
        let (meeting, function) = (Meeting::new(), stage.function);
        let death = meeting.spawn(move || drop(function));
        meeting.run(|| drop(stage.object));
        death.join().unwrap();
        assert_eq!(calls(&stage.calls), 1);
        assert!(stage.method.is_dead());
    });
}

#[test]
fn the_object_dies_and_the_method_is_dropped() {
    check(3, || {
        let stage = Stage::new();
        let (meeting, method) = (Meeting::new(), stage.method);
        let thread = meeting.spawn(move || drop(method));
        meeting.run(|| drop(stage.object));
        thread.join().unwrap();
        assert_eq!(weakref_count(&stage.function), 0);
        assert!(calls(&stage.calls) <= 1);
    });
}

#[test]
fn the_function_dies_and_the_method_is_dropped() {
    check(3, || {
        let stage = Stage::new();
        let (meeting, method) = (Meeting::new(), stage.method);
        let thread = meeting.spawn(move || drop(method));
        meeting.run(|| drop(stage.function));
        thread.join().unwrap();
        assert_eq!(weakref_count(&stage.object), 0);
        assert!(calls(&stage.calls) <= 1);
    });
}

#[test]
fn a_call_and_a_death() {
    check(3, || {
        let stage = Stage::new();
        let (meeting, method) = (Meeting::new(), stage.method);
        let call = meeting
            .spawn(move || assert!(method.try_call(()).is_ok_and(|n| n == 7) || method.is_dead()));
        meeting.run(|| drop(stage.function));
        call.join().unwrap();
        assert!(calls(&stage.calls) <= 1, "none if the method has been dropped before");
    });
}

#[test]
fn a_key_is_replaced_as_the_object_dies() {
    check(3, || {
        let (object, keys) = (value(7), [Arc::new(1), Arc::new(2)]);
        let seen = Arc::new(AtomicUsize::new(0));
        let see = Arc::clone(&seen);
        let callback = move |dead: &KeyedRef<Arc<usize>, Value>| {
            see.store(**dead.key(), Ordering::Relaxed);
        };
        let mut keyed = KeyedRef::new(&object, Arc::clone(&keys[0]), callback);
        let (meeting, new) = (Meeting::new(), Arc::clone(&keys[1]));
        let thread = meeting.spawn(move || {
            let result = keyed.set_key(new).map(|old| *old).map_err(|new| *new);
            (result, **keyed.key(), keyed)
        });
        meeting.run(|| drop(object));
        let (result, key, keyed) = thread.join().unwrap();
        assert!(matches!((result, key), (Ok(1), 2) | (Err(2), 1)));
        let seen_key = seen.load(Ordering::Relaxed);
        assert!(matches!((seen_key, key), (1, 1 | 2) | (2, 2)), "{seen_key} {key}");
        assert_eq!(Arc::strong_count(&seen), 1, "the callback is gone");
        drop(keyed);
        assert_eq!(keys.each_ref().map(Arc::strong_count), [1, 1], "no key is left");
    });
}

#[test]
fn a_keyed_reference_is_dropped_as_the_object_dies() {
    check(3, || {
        let (object, key, seen) = (value(7), Arc::new(1), Arc::new(AtomicUsize::new(0)));
        let see = Arc::clone(&seen);
        let callback = move |dead: &KeyedRef<Arc<usize>, Value>| {
            see.fetch_add(**dead.key(), Ordering::Relaxed);
        };
        let keyed = KeyedRef::new(&object, Arc::clone(&key), callback);
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || drop(keyed));
        meeting.run(|| drop(object));
        thread.join().unwrap();
        assert!(seen.load(Ordering::Relaxed) <= 1);
        assert_eq!((Arc::strong_count(&seen), Arc::strong_count(&key)), (1, 1));
    });
}
