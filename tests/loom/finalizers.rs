//! Finalizers: their word, their slot, and the registry of the end.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use weakref_core::{Finalizer, exit, finalize, finalize_on, weakref_count};

use super::{Meeting, Value, check, value};

type Function = Box<dyn FnOnce() + Send>;

/// Counts calls; and its own clones, of which each function has one.
#[derive(Clone, Default)]
struct Calls(Arc<AtomicUsize>);

impl Calls {
    fn function(&self) -> Function {
        let Self(calls) = self.clone();
        Box::new(move || _ = calls.fetch_add(1, Ordering::Relaxed))
    }

    fn finalizer(&self, owner: &Arc<Value>) -> Finalizer<Value, Function> {
        finalize(owner, self.function())
    }

    /// Asserts that so many calls have been made, and that no function is left.
    #[track_caller]
    fn were(&self, calls: usize) {
        assert_eq!((self.0.load(Ordering::Relaxed), Arc::strong_count(&self.0)), (calls, 1));
    }
}

/// Runs `one` and `other` beside each other, with the same finalizer.
fn beside<R: Send + 'static>(
    one: fn(Arc<Value>, Finalizer<Value, Function>),
    other: fn(Arc<Value>, Finalizer<Value, Function>) -> R,
    afterwards: impl Fn(&Calls, R) + Send + Sync + 'static,
) {
    check(3, move || {
        let (calls, owner) = (Calls::default(), value(1));
        let finalizer = calls.finalizer(&owner);
        let (same, other_owner) = (finalizer.clone(), owner.clone());
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || one(other_owner, same));
        let result = meeting.run(|| other(owner, finalizer));
        thread.join().unwrap();
        afterwards(&calls, result);
    });
}

#[test]
fn two_callers() {
    beside(
        |_, finalizer| _ = finalizer.call(),
        |owner, finalizer| {
            finalizer.call();
            owner
        },
        |calls, owner| {
            assert_eq!(weakref_count(&owner), 0);
            calls.were(1);
        },
    );
}

#[test]
fn a_call_and_the_death() {
    beside(
        |_, finalizer| _ = finalizer.call(),
        |owner, finalizer| {
            drop(finalizer);
            drop(owner);
        },
        |calls, ()| calls.were(1),
    );
}

#[test]
fn a_detach_and_the_death() {
    beside(
        |owner, finalizer| {
            drop(owner);
            drop(finalizer);
        },
        |owner, finalizer| {
            drop(owner);
            finalizer.detach().map(|(_, function)| function).is_some()
        },
        |calls, detached| calls.were(usize::from(!detached)),
    );
}

#[test]
fn a_guard_and_a_call() {
    beside(
        |_, finalizer| drop(finalizer.guard()),
        |_, finalizer| finalizer.call().is_some(),
        |calls, called| calls.were(usize::from(called)),
    );
}

#[test]
fn a_look_and_a_call() {
    beside(
        |_, finalizer| _ = finalizer.peek(|owner, _| assert!(owner.is_some())),
        |_, finalizer| assert!(finalizer.call().is_some()),
        |calls, ()| calls.were(1),
    );
}

#[test]
fn a_look_and_a_guard() {
    beside(
        |_, finalizer| _ = finalizer.peek(|_, _| ()),
        |_, finalizer| drop(finalizer.guard()),
        |calls, ()| calls.were(0),
    );
}

#[test]
fn a_look_and_the_death() {
    check(3, || {
        let calls = Calls::default();
        let object = Value::new(1);
        let finalizer = finalize_on(&object, calls.function());
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(object));
        meeting.run(|| _ = finalizer.peek(|owner, _| assert!(owner.is_none())));
        death.join().unwrap();
        assert!(!finalizer.is_alive());
        drop(finalizer);
        calls.were(1);
    });
}

#[test]
fn births_and_deaths() {
    check(3, || {
        let calls = Calls::default();
        let meeting = Meeting::new();
        let old = value(0);
        drop(calls.finalizer(&old));
        let live = |calls: &Calls, object: Arc<Value>| drop((calls.finalizer(&object), object));
        let other = calls.clone();
        let thread = meeting.spawn(move || live(&other, value(1)));
        meeting.run(|| drop(old));
        thread.join().unwrap();
        calls.were(2);
        exit::run();
        calls.were(2);
    });
}

#[test]
fn deaths_leave_word_for_each_other() {
    check(2, || {
        let calls = Calls::default();
        let objects = [value(1), value(2), value(3)];
        objects.iter().for_each(|object| drop(calls.finalizer(object)));
        let [one, two, three] = objects;
        let meeting = Meeting::new();
        let threads = [one, two].map(|object| meeting.spawn(move || drop(object)));
        meeting.run(|| drop(three));
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        calls.were(3);
    });
}

#[test]
fn the_run_and_the_death() {
    beside(
        |owner, finalizer| {
            drop(finalizer);
            drop(owner);
        },
        |owner, finalizer| {
            drop((owner, finalizer));
            exit::run();
        },
        |calls, ()| calls.were(1),
    );
}

#[test]
fn the_run_and_a_call() {
    beside(
        |_, finalizer| _ = finalizer.call(),
        |owner, _| {
            exit::run();
            owner
        },
        |calls, owner| {
            assert_eq!(weakref_count(&owner), 0);
            calls.were(1);
        },
    );
}

#[test]
fn the_run_and_a_look() {
    beside(
        |_, finalizer| _ = finalizer.peek(|_, _| ()),
        |owner, _| {
            exit::run();
            owner
        },
        |calls, owner| {
            assert_eq!(weakref_count(&owner), 0);
            calls.were(1);
        },
    );
}

#[test]
fn the_run_and_a_birth() {
    check(3, || {
        let (calls, owner) = (Calls::default(), value(1));
        let meeting = Meeting::new();
        let (other, same) = (calls.clone(), owner.clone());
        let birth = meeting.spawn(move || drop(other.finalizer(&same)));
        meeting.run(exit::run);
        birth.join().unwrap();
        exit::run();
        calls.were(1);
        assert_eq!(weakref_count(&owner), 0);
    });
}

#[test]
fn two_runs() {
    beside(
        |owner, finalizer| {
            drop((owner, finalizer));
            exit::run();
        },
        |owner, finalizer| {
            drop(finalizer);
            exit::run();
            owner
        },
        |calls, owner| {
            assert_eq!(weakref_count(&owner), 0);
            calls.were(1);
        },
    );
}

#[test]
fn the_run_and_a_change_of_mind() {
    beside(
        |_, finalizer| {
            finalizer.set_atexit(false);
            finalizer.set_atexit(true);
        },
        |owner, _| {
            exit::run();
            owner
        },
        |calls, owner| {
            exit::run();
            assert_eq!(weakref_count(&owner), 0);
            calls.were(1);
        },
    );
}
