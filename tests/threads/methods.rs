//! Methods and keys in several threads.

use std::{
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use weakref_core::{KeyedRef, Slotted, WeakMethod, method::ByWeak};
use weakref_tests::{
    flavours::{local, shared},
    implements, rounds,
};

use crate::race::{all_at_once, race};

type Text = Slotted<String>;
type Function = Slotted<dyn Fn(&Text) -> usize + Send + Sync>;
type Both = WeakMethod<Text, Function, ByWeak>;

fn text() -> Arc<Text> {
    Arc::new(Slotted::new("text".to_owned()))
}

fn function() -> Arc<Function> {
    Arc::new(Slotted::new(|text: &Text| text.len()))
}

/// Counts the calls, and by its owners, the callbacks that are left.
fn watch(text: &Arc<Text>, function: &Arc<Function>, calls: &Arc<AtomicUsize>) -> Both {
    let calls = Arc::clone(calls);
    WeakMethod::with_weak_fn_and_callback(text, function, move |method: &Both| {
        assert!(method.is_dead() && method.try_call(()).is_err());
        calls.fetch_add(1, Relaxed);
    })
}

#[test]
fn object_and_function_die_in_two_threads() {
    let calls = Arc::new(AtomicUsize::new(0));
    let mut kept = None;
    let mut round = 0;
    race(
        rounds(20_000),
        || {
            let (text, function) = (text(), function());
            kept = Some(watch(&text, &function, &calls));
            (text, function)
        },
        drop,
        drop,
        || {
            round += 1;
            assert_eq!(calls.load(Relaxed), round, "once for each");
            assert_eq!(Arc::strong_count(&calls), 1, "the callback has gone with its call");
        },
    );
}

#[test]
fn the_method_is_dropped_as_one_of_them_dies() {
    let calls = Arc::new(AtomicUsize::new(0));
    let (mut round, mut others) = (0, Vec::new());
    race(
        rounds(20_000),
        || {
            let (text, function) = (text(), function());
            let method = watch(&text, &function, &calls);
            round += 1;
            if round % 2 == 0 {
                others.push((Some(text), None));
                (method, (None, Some(function)))
            } else {
                others.push((None, Some(function)));
                (method, (Some(text), None))
            }
        },
        drop,
        drop,
        || assert!(calls.load(Relaxed) <= rounds(20_000)),
    );
    assert_eq!(Arc::strong_count(&calls), 1, "no callback is left");
}

/// All three at once, and calls beside them.
#[test]
fn everything_goes_at_once() {
    for _ in 0..rounds(2_000) {
        let calls = Arc::new(AtomicUsize::new(0));
        let (text, function) = (text(), function());
        let (method, used) = (watch(&text, &function, &calls), watch(&text, &function, &calls));
        let used = &used;
        let call = move || while used.try_call(()).is_ok_and(|length| length == 4) {};
        all_at_once(vec![
            Box::new(move || drop(text)),
            Box::new(move || drop(function)),
            Box::new(move || drop(method)),
            Box::new(call),
        ]);
        assert!((1..=2).contains(&calls.load(Relaxed)));
        assert!(used.is_dead());
        assert_eq!(Arc::strong_count(&calls), 1);
    }
}

#[test]
fn a_key_is_replaced_as_the_object_dies() {
    type Keyed = KeyedRef<Arc<str>, Text>;
    let keys: [Arc<str>; 2] = ["before".into(), "after".into()];
    let seen = Arc::new([const { AtomicUsize::new(0) }; 2]);
    let (mut round, mut replaced) = (0, 0);
    let replaced_count = AtomicUsize::new(0);
    race(
        rounds(20_000),
        || {
            let (text, seen) = (text(), Arc::clone(&seen));
            let keyed = KeyedRef::new(&text, Arc::clone(&keys[0]), move |dead: &Keyed| {
                // Twice, with time for another key to come between.
                let key: &str = dead.key();
                let again = dead.key().to_string();
                assert_eq!(key, again);
                seen[usize::from(key == "after")].fetch_add(1, Relaxed);
            });
            ((keyed, Arc::clone(&keys[1])), text)
        },
        |(mut keyed, key)| match keyed.set_key(key) {
            Ok(before) => {
                assert_eq!(&*before, "before");
                assert_eq!(&**keyed.key(), "after");
                replaced_count.fetch_add(1, Relaxed);
            }
            Err(key) => {
                assert_eq!(&*key, "after");
                assert_eq!(&**keyed.key(), "before");
            }
        },
        drop,
        || {
            round += 1;
            replaced = replaced_count.load(Relaxed);
            let called = seen.each_ref().map(|seen| seen.load(Relaxed)).iter().sum::<usize>();
            assert!(called <= round && replaced <= round);
            assert_eq!(keys.each_ref().map(Arc::strong_count), [1, 1], "no key is left");
        },
    );
    assert_eq!(Arc::strong_count(&seen), 1);
}

/// The key is looked at by the callback in one thread, and by others through the reference.
#[test]
fn a_key_is_seen_by_many() {
    for _ in 0..rounds(500) {
        let text = text();
        let keyed = KeyedRef::new(&text, String::from("key"), |dead: &KeyedRef<String, Text>| {
            assert_eq!(dead.key(), "key");
        });
        let look = || {
            while !keyed.is_dead() {
                assert_eq!(keyed.key(), "key");
                drop(keyed.upgrade());
            }
            assert_eq!(keyed.key(), "key");
        };
        all_at_once(vec![Box::new(move || drop(text)), Box::new(look), Box::new(look)]);
    }
}

#[test]
fn what_may_be_sent() {
    type Shared<T> = shared::Obj<T>;
    assert!(implements!(KeyedRef<u8, Shared<u8>>: Send + Sync));
    assert!(!implements!(KeyedRef<u8, local::Obj<u8>>: Send));
    assert!(!implements!(KeyedRef<u8, local::Obj<u8>>: Sync));
    assert!(!implements!(KeyedRef<Rc<u8>, Shared<u8>>: Send));
    assert!(!implements!(KeyedRef<std::cell::Cell<u8>, Shared<u8>>: Sync));
    assert!(!implements!(KeyedRef<u8, Shared<Rc<u8>>>: Send));
    assert!(!implements!(KeyedRef<u8, Shared<std::cell::Cell<u8>>>: Send));

    assert!(implements!(WeakMethod<Shared<u8>, fn()>: Send + Sync));
    assert!(implements!(Both: Send + Sync));
    assert!(!implements!(WeakMethod<local::Obj<u8>, fn()>: Send));
    assert!(!implements!(WeakMethod<local::Obj<u8>, fn()>: Sync));
    assert!(!implements!(WeakMethod<Shared<u8>, Rc<u8>>: Send));
    assert!(!implements!(WeakMethod<Shared<u8>, std::cell::Cell<u8>>: Sync));
    assert!(!implements!(WeakMethod<Shared<u8>, Slotted<dyn Fn()>, ByWeak>: Send));
    assert!(!implements!(WeakMethod<Shared<u8>, Slotted<dyn Fn() + Send>, ByWeak>: Send));
    assert!(!implements!(WeakMethod<Shared<std::cell::Cell<u8>>, fn()>: Send));
}
