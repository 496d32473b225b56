//! One sequence: finalizers, callbacks, entries of containers.

use weakref_core::{
    Finalizer, WeakRef, WeakSlot, WeakValueMap, Weakrefable, clear_weakrefs, finalize, finalize_on,
};
use weakref_tests::{Log, NotesDrop, Numbers};

use super::{Here, Obj, Ptr, Shelf, note, owner};

#[test]
fn b207_the_newest_runs_first() {
    for count in [1, 2, 3, 10, 100] {
        let log = Log::default();
        let object = owner(7);
        for number in 0..count {
            finalize(&object, note(&log, number));
        }
        drop(object);
        let expected: Vec<_> = (0..count).rev().map(|number| number.to_string()).collect();
        assert_eq!(log.take(), expected);
    }
}

#[test]
fn b207_whatever_has_come_and_gone_before() {
    let log = Log::default();
    let mut numbers = Numbers(207);
    for round in 0..200 {
        let object = owner(7);
        let mut all = Vec::new();
        for step in 0..round {
            let unowned = numbers.below(2) == 0;
            if numbers.below(5) < 2 && !all.is_empty() {
                let (_, gone): (_, Finalizer<_, _>) = all.remove(numbers.below(all.len()));
                match numbers.below(3) {
                    0 => drop(gone.detach()),
                    1 => drop(gone.guard()),
                    _ => assert_eq!((gone.call().is_some(), log.take().len()), (true, 1)),
                }
            } else if unowned {
                all.push((step, finalize_on(&*object, note(&log, step))));
            } else {
                all.push((step, finalize(&object, note(&log, step))));
            }
        }
        assert!(log.take().is_empty());
        drop(object);
        let expected: Vec<_> = all.iter().rev().map(|(step, _)| step.to_string()).collect();
        assert_eq!(log.take(), expected);
        assert!(all.iter().all(|(_, finalizer)| !finalizer.is_alive()));
    }
}

#[test]
fn b208_one_sequence_with_callbacks_and_containers() {
    let log = Log::default();
    let object = owner(7);
    let maps: [Ptr<WeakValueMap<_, Obj<i32>>>; 2] = [(); 2].map(|()| Ptr::default());
    let look = |name: &'static str| {
        let (log, maps) = (log.clone(), maps.clone());
        move || log.note(format!("{name}: {} {}", maps[0].len(), maps[1].len()))
    };
    let called = |name| {
        let look = look(name);
        WeakRef::with_callback(&object, move |_: &WeakRef<Obj<i32>>| look())
    };
    finalize(&object, look("oldest"));
    maps[0].insert("key", &object);
    let older = called("older");
    finalize_on(&*object, look("unowned"));
    maps[1].insert("key", &object);
    let newer = called("newer");
    finalize(&object, look("newest"));
    drop(object);
    let expected = ["newest: 1 1", "newer: 1 1", "unowned: 1 0", "older: 1 0", "oldest: 0 0"];
    assert_eq!(log.take(), expected);
    drop((older, newer));
}

/// Python has it both ways there, here it is one: alive up to its turn, and without its object.
#[test]
fn b210_between_death_and_its_turn() {
    let log = Log::default();
    let object = owner(7);
    let [called, detached, guarded, looked_at, untouched] =
        ["called", "detached", "guarded", "looked at", "untouched"]
            .map(|name| finalize(&object, note(&log, name)));
    let guard = Shelf::new([guarded.clone().guard()]);
    let handles = Shelf::new([called, detached, guarded, looked_at, untouched]);
    finalize(&object, {
        let (handles, log) = (handles.clone(), log.clone());
        move || {
            let all: [_; 5] = handles.take().try_into().unwrap();
            for one in &all {
                assert!(one.is_alive() && one.atexit());
                assert_eq!(one.peek(|object, _| object.is_none()), Some(true));
                assert!(!format!("{one:?}").contains("dead"));
            }
            let [called, detached, guarded, ..] = &all;
            assert!(called.call().is_some() && !called.is_alive());
            assert_eq!(log.take(), ["called"]);
            let (owner, function) = detached.detach().unwrap();
            assert!(owner.is_none() && !detached.is_alive());
            drop(function);
            drop(guard.take());
            assert!(!guarded.is_alive());
            log.note("newest");
            for one in all {
                handles.put(one);
            }
        }
    });
    drop(object);
    assert_eq!(log.take(), ["newest", "untouched", "looked at"]);
    assert!(handles.take().iter().all(|one| !one.is_alive()));
}

#[test]
fn b210_a_callback_takes_a_finalizer_of_its_sequence_back_and_the_reverse() {
    let log = Log::default();
    let object = owner(7);
    let older = WeakRef::with_callback(&object, log.call("older callback"));
    let finalizer = finalize(&object, note(&log, "finalizer"));
    let newer = WeakRef::with_callback(&object, {
        let (finalizer, log) = (finalizer.clone(), log.clone());
        move |_: &WeakRef<_>| {
            log.note("newer callback");
            finalizer.detach();
        }
    });
    drop(object);
    assert_eq!(log.take(), ["newer callback", "older callback"]);
    drop((older, newer));

    // Who is to be called is settled when the death begins, for callbacks.
    let object = owner(7);
    let weak = Shelf::new([WeakRef::with_callback(&object, log.call("callback"))]);
    finalize(&object, move || drop(weak.take()));
    drop(object);
    assert_eq!(log.take(), ["callback"]);
}

#[test]
fn a_finalizer_calls_an_older_one_of_a_cleared_object() {
    let log = Log::default();
    let object = owner(7);
    let older = finalize(&object, note(&log, "older"));
    finalize(&object, {
        let log = log.clone();
        move || {
            log.note("newer");
            older.call();
            log.note("newer again");
        }
    });
    clear_weakrefs(&object);
    assert_eq!(log.take(), ["newer", "older", "newer again"]);
    drop(object);
    assert!(log.take().is_empty());
}

#[derive(Weakrefable)]
#[weakref(on_drop = Self::close)]
struct File {
    log: Log,
    adds: bool,
    _field: NotesDrop,
    slot: WeakSlot<Here>,
}

impl File {
    fn new(log: &Log, adds: bool) -> Self {
        Self { log: log.clone(), adds, _field: log.drop("field"), slot: WeakSlot::new() }
    }

    fn close(&mut self) {
        self.log.note("on_drop");
        if self.adds {
            for number in 0..2 {
                finalize_on(self, note(&self.log, format!("late {number}")));
            }
        }
    }
}

/// Python's runs after the destructor method, which still has the whole object; `on_drop` is what
/// comes nearest to one, and runs after all registrations.
#[test]
fn b212_b411_before_the_fields_are_released() {
    let log = Log::default();
    let file = Ptr::new(File::new(&log, false));
    finalize(&file, note(&log, "finalizer"));
    drop(file);
    assert_eq!(log.take(), ["finalizer", "on_drop", "field"]);
}

#[test]
fn what_is_made_in_on_drop_runs_after_it() {
    let log = Log::default();
    let file = Ptr::new(File::new(&log, true));
    finalize(&file, note(&log, "finalizer"));
    drop(file);
    assert_eq!(log.take(), ["finalizer", "on_drop", "late 1", "late 0", "field"]);
    // Alone in its slot, and not in a pointer.
    let mut file = File::new(&log, true);
    file.adds = true;
    drop(file);
    assert_eq!(log.take(), ["on_drop", "late 1", "late 0", "field"]);
}

#[derive(Weakrefable)]
#[weakref(drop = "slot")]
struct BySlot {
    first: NotesDrop,
    slot: WeakSlot<Here>,
    second: NotesDrop,
    log: Log,
}

impl Drop for BySlot {
    fn drop(&mut self) {
        self.log.note("drop");
        finalize_on(self, note(&self.log, "late"));
    }
}

#[test]
fn by_the_slot_in_its_turn_among_the_fields() {
    let log = Log::default();
    let value = BySlot {
        first: log.drop("first"),
        slot: WeakSlot::new(),
        second: log.drop("second"),
        log: log.clone(),
    };
    let _used = (&value.first, &value.second);
    let object = Ptr::new(value);
    finalize(&object, note(&log, "finalizer"));
    drop(object);
    assert_eq!(log.take(), ["drop", "first", "late", "finalizer", "second"]);
}
