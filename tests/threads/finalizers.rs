//! Finalizers of `Shared` in several threads: whoever comes, one of them runs it.

use std::{
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use weakref_core::{
    Finalizer, Local, Slotted, clear_weakrefs, clear_weakrefs_silently, finalize, finalize_on,
    finalize_with, finalizer::FinalizerGuard, weakref_count,
};
use weakref_tests::{
    Log, caught,
    flavours::shared::{Obj, owner},
    here, implements, rounds,
};

use crate::race::{all_at_once, race};

/// Counts calls, and what functions own.
#[derive(Clone, Default)]
struct Calls {
    calls: Arc<AtomicUsize>,
    captured: Arc<()>,
}

type Function = Box<dyn FnOnce() + Send>;

impl Calls {
    fn function(&self) -> Function {
        let Self { calls, captured } = self.clone();
        Box::new(move || {
            calls.fetch_add(1, Ordering::Relaxed);
            drop(captured);
        })
    }

    fn finalizer(&self, object: &Arc<Obj<i32>>) -> Finalizer<Obj<i32>, Function> {
        finalize(object, self.function())
    }

    /// A new object, and its finalizer.
    fn of_an_object(&self) -> (Arc<Obj<i32>>, Finalizer<Obj<i32>, Function>) {
        let object = owner(7);
        let finalizer = self.finalizer(&object);
        (object, finalizer)
    }

    /// The same of an object in no pointer.
    fn of_a_value(&self) -> (Obj<i32>, Finalizer<Obj<i32>, Function>) {
        let value = Obj::<_>::new(7);
        let finalizer = finalize_on(&value, self.function());
        (value, finalizer)
    }

    /// Two handles of one finalizer.
    fn twice(&self, object: &Arc<Obj<i32>>) -> [Finalizer<Obj<i32>, Function>; 2] {
        let finalizer = self.finalizer(object);
        [finalizer.clone(), finalizer]
    }

    /// Returns the calls since the last time.
    fn take(&self) -> usize {
        self.calls.swap(0, Ordering::Relaxed)
    }

    /// Functions that have neither run nor been dropped.
    fn waiting(&self) -> usize {
        Arc::strong_count(&self.captured) - 1
    }
}

#[test]
fn they_go_to_other_threads_as_far_as_function_and_object_do() {
    type OfShared<F> = Finalizer<Obj<i32>, F>;
    type OfLocal<F> = Finalizer<Slotted<i32, Local>, F>;
    assert!(implements!(OfShared<fn()>: Send) && implements!(OfShared<fn()>: Sync));
    assert!(implements!(FinalizerGuard<Obj<i32>, fn()>: Send));
    assert!(implements!(FinalizerGuard<Obj<i32>, fn()>: Sync));
    // One thread at a time has the function.
    assert!(implements!(OfShared<std::cell::Cell<u8>>: Send));
    assert!(implements!(OfShared<std::cell::Cell<u8>>: Sync));
    assert!(!implements!(OfShared<std::rc::Rc<u8>>: Send));
    assert!(!implements!(OfShared<std::rc::Rc<u8>>: Sync));
    assert!(!implements!(OfShared<std::sync::MutexGuard<'static, u8>>: Send));
    assert!(!implements!(OfShared<std::sync::MutexGuard<'static, u8>>: Sync));
    assert!(!implements!(Finalizer<Obj<std::cell::Cell<u8>>, fn()>: Send));
    assert!(!implements!(Finalizer<Obj<std::cell::Cell<u8>>, fn()>: Sync));
    assert!(!implements!(OfLocal<fn()>: Send) && !implements!(OfLocal<fn()>: Sync));
    assert!(!implements!(FinalizerGuard<Slotted<i32, Local>, fn()>: Send));
    assert!(implements!(OfShared<fn()>: Unpin) && implements!(OfLocal<fn()>: Unpin));
}

#[test]
fn it_runs_in_the_thread_that_drops_the_last_owner_or_calls() {
    let log = Log::default();
    let noting = || {
        let log = log.clone();
        move || log.note(format!("{:?}", here()))
    };
    let object = owner(7);
    finalize(&object, noting());
    let finalizer = finalize(&object, noting());
    let thread = thread::spawn(move || {
        finalizer.call();
        drop(object);
        here()
    });
    let there = format!("{:?}", thread.join().unwrap());
    assert_ne!(there, format!("{:?}", here()));
    assert_eq!(log.take(), [there.clone(), there]);
}

#[test]
fn callers_race() {
    let calls = Calls::default();
    let object = owner(7);
    race(
        rounds(20_000),
        || calls.twice(&object).into(),
        |finalizer| _ = finalizer.call(),
        |finalizer| _ = finalizer.call(),
        || assert_eq!((calls.take(), calls.waiting(), weakref_count(&object)), (1, 0, 0)),
    );
}

#[test]
fn a_call_meets_the_death() {
    for others in 0..3 {
        let calls = Calls::default();
        race(
            rounds(5_000),
            || {
                let object = owner(7);
                let finalizer = calls.finalizer(&object);
                (0..others).for_each(|_| drop(calls.finalizer(&object)));
                (object, finalizer)
            },
            drop,
            |finalizer| {
                finalizer.call();
                assert!(!finalizer.is_alive());
            },
            || assert_eq!((calls.take(), calls.waiting()), (others + 1, 0)),
        );
    }
}

#[test]
fn a_call_meets_the_death_of_what_is_in_no_pointer() {
    let calls = Calls::default();
    race(
        rounds(10_000),
        || calls.of_a_value(),
        drop,
        |finalizer| _ = finalizer.call(),
        || assert_eq!((calls.take(), calls.waiting()), (1, 0)),
    );
}

#[test]
fn a_detach_meets_the_death() {
    let calls = Calls::default();
    let detached = Mutex::new(0);
    race(
        rounds(10_000),
        || calls.of_an_object(),
        drop,
        |finalizer| {
            let function = finalizer.detach();
            *detached.lock().unwrap() = usize::from(function.is_some());
        },
        || assert_eq!((calls.take() + *detached.lock().unwrap(), calls.waiting()), (1, 0)),
    );
}

#[test]
fn a_guard_meets_a_call_and_the_death() {
    let calls = Calls::default();
    race(
        rounds(10_000),
        || {
            let object = owner(7);
            let guard = calls.finalizer(&object).guard();
            ((object, guard.clone()), guard)
        },
        |(object, finalizer)| {
            finalizer.call();
            drop(object);
        },
        drop,
        || assert!(calls.take() <= 1 && calls.waiting() == 0),
    );
}

#[test]
fn a_look_meets_the_death() {
    let calls = Calls::default();
    race(
        rounds(10_000),
        || calls.of_a_value(),
        drop,
        |finalizer| {
            while finalizer.peek(|owner, _| assert!(owner.is_none())).is_some() {}
            assert!(!finalizer.is_alive());
        },
        || assert_eq!((calls.take(), calls.waiting()), (1, 0)),
    );
    race(
        rounds(10_000),
        || calls.of_an_object(),
        drop,
        |finalizer| while finalizer.peek(|_, _| ()).is_some() {},
        || assert_eq!((calls.take(), calls.waiting()), (1, 0)),
    );
}

#[test]
fn a_look_meets_a_guard_and_a_call() {
    let calls = Calls::default();
    let object = owner(7);
    race(
        rounds(10_000),
        || {
            let guard = calls.finalizer(&object).guard();
            (guard.clone(), guard)
        },
        |finalizer| while finalizer.peek(|owner, _| assert!(owner.is_some())).is_some() {},
        drop,
        || assert_eq!((calls.take(), calls.waiting(), weakref_count(&object)), (0, 0, 0)),
    );
    race(
        rounds(10_000),
        || calls.twice(&object).into(),
        |finalizer| while finalizer.peek(|_, _| ()).is_some() {},
        |finalizer| assert!(finalizer.call().is_some()),
        || assert_eq!((calls.take(), calls.waiting(), weakref_count(&object)), (1, 0, 0)),
    );
}

#[test]
fn clearing_meets_a_call() {
    for silently in [false, true] {
        let calls = Calls::default();
        let object = owner(7);
        race(
            rounds(10_000),
            || calls.twice(&object).into(),
            |finalizer| _ = finalizer.call(),
            |_| if silently { clear_weakrefs_silently(&object) } else { clear_weakrefs(&object) },
            || assert_eq!((calls.take(), calls.waiting(), weakref_count(&object)), (1, 0, 0)),
        );
    }
}

/// The registry leaves each other's neighbours alone.
#[test]
fn many_are_made_and_die_at_once() {
    let calls = Calls::default();
    let made = AtomicUsize::new(0);
    let work = |seed: usize| {
        let mut all = Vec::new();
        for round in 0..rounds(20_000) {
            let object = owner(7);
            let finalizer = calls.finalizer(&object);
            made.fetch_add(1, Ordering::Relaxed);
            all.push((object, finalizer));
            if all.len() > 16 {
                let (object, finalizer) = all.swap_remove((round * seed) % 16);
                match round % 4 {
                    0 => drop(object),
                    1 => drop(finalizer.call()),
                    2 => finalizer.detach().unwrap().1(),
                    _ => finalizer.set_atexit(round % 8 == 0),
                }
            }
        }
    };
    let work = &work;
    all_at_once((1..5).map(|seed| Box::new(move || work(seed)) as _).collect());
    assert_eq!((calls.take(), calls.waiting()), (made.into_inner(), 0));
}

/// They are more than there are lists of finalizers.
#[test]
fn many_threads_make_finalizers_one_after_the_other() {
    let calls = Calls::default();
    for count in 1..=200 {
        thread::scope(|scope| {
            scope.spawn(|| drop(finalize(&owner(7), calls.function())));
        });
        assert_eq!(calls.take(), 1, "thread {count}");
    }
}

#[test]
fn everybody_at_one_finalizer() {
    let calls = Calls::default();
    let object = owner(7);
    for _ in 0..rounds(500) {
        let finalizer = calls.finalizer(&object);
        let looks = AtomicUsize::new(0);
        let taken = AtomicUsize::new(0);
        all_at_once(vec![
            Box::new(|| _ = finalizer.call()),
            Box::new(|| _ = finalizer.call()),
            Box::new(|| {
                if let Some((_, function)) = finalizer.detach() {
                    taken.fetch_add(1, Ordering::Relaxed);
                    drop(function);
                }
            }),
            Box::new(|| {
                while finalizer.peek(|_, _| looks.fetch_add(1, Ordering::Relaxed)).is_some() {}
            }),
            Box::new(|| finalizer.set_atexit(false)),
            Box::new(|| assert!(!format!("{finalizer:?}").is_empty())),
        ]);
        assert_eq!((calls.take() + taken.into_inner(), calls.waiting()), (1, 0));
        assert_eq!((Arc::strong_count(&object), weakref_count(&object)), (1, 0));
    }
}

/// The call begins inside of the look, and must have waited, as it finds what happened in there.
#[test]
fn a_call_in_another_thread_waits_for_the_look() {
    for _ in 0..rounds(200) {
        let log = Log::default();
        let object = owner(7);
        let finalizer = finalize(&object, {
            let log = log.clone();
            move || log.note("called")
        });
        let (begins, begun) = mpsc::channel();
        thread::scope(|scope| {
            finalizer.peek(|_, _| {
                scope.spawn(|| {
                    begins.send(()).unwrap();
                    assert!(finalizer.call().is_some());
                });
                begun.recv().unwrap();
                // Give it time to do wrong.
                (0..100).for_each(|_| thread::yield_now());
                log.note("inside");
            });
        });
        assert_eq!(log.take(), ["inside", "called"]);
    }
}

#[test]
fn a_death_in_another_thread_does_not_wait_for_the_look() {
    let log = Log::default();
    let value = Obj::<_>::new(log.drop("dropped"));
    let finalizer = finalize_on(&value, {
        let log = log.clone();
        move || log.note(format!("{:?}", here()))
    });
    finalizer.peek(|_, _| {
        thread::scope(|scope| scope.spawn(|| drop(value)).join().unwrap());
        log.note("inside");
    });
    assert_eq!(log.take(), ["dropped".into(), "inside".into(), format!("{:?}", here())]);
}

#[test]
fn a_guard_in_another_thread_does_not_wait_for_the_look() {
    let log = Log::default();
    let object = owner(7);
    let captured = log.drop("released");
    let finalizer = finalize(&object, move || panic!("{captured:?}"));
    let guard = finalizer.clone().guard();
    finalizer.peek(|_, _| {
        thread::scope(|scope| scope.spawn(|| drop(guard)).join().unwrap());
        log.note("inside");
    });
    assert_eq!(log.take(), ["inside", "released"]);
    drop(object);
}

/// Each looks at one, and wants the other: one of the two is told.
#[test]
fn a_circle_of_looks_panics_and_does_not_hang() {
    for _ in 0..rounds(100) {
        let object = owner(7);
        let [one, other] = [(); 2].map(|()| finalize(&object, || ()));
        let (barrier, messages) = (Barrier::new(2), Mutex::new(Vec::new()));
        let look = |mine: &Finalizer<_, _>, others: &Finalizer<_, _>| {
            let result = caught(|| {
                mine.peek(|_, _| {
                    barrier.wait();
                    others.peek(|_, _| ())
                })
            });
            if let Err(message) = result {
                messages.lock().unwrap().push(message);
            }
        };
        // Two functions of one type, so that they can be passed to one closure.
        thread::scope(|scope| {
            scope.spawn(|| look(&one, &other));
            look(&other, &one);
        });
        let messages = messages.into_inner().unwrap();
        assert!(messages.len() == 1 && messages[0].contains("wait for ever"), "{messages:?}");
        assert!(one.is_alive() && other.is_alive());
    }
}

/// The object is seen by the thread that drops it, whichever that is, or by the one that calls.
#[test]
fn a_death_and_a_call_of_a_function_that_sees_the_object() {
    let seen = Log::default();
    let outcomes = AtomicUsize::new(0);
    race(
        rounds(2_000),
        || {
            let object = owner(String::from("text"));
            let log = seen.clone();
            let finalizer = finalize_with(&object, move |object: Option<&Obj<String>>| {
                log.note(object.map_or("nothing", |text| text.as_str()));
            });
            (object, finalizer)
        },
        drop,
        |finalizer| {
            outcomes.fetch_add(usize::from(finalizer.call().is_some()), Ordering::Relaxed);
        },
        || {
            // A call between the death and its turn finds no object.
            let [text] = <[_; 1]>::try_from(seen.take()).unwrap();
            assert!(text == "text" || text == "nothing", "{text}");
        },
    );
    assert!(outcomes.into_inner() <= rounds(2_000));
}

#[test]
fn the_last_of_several_owners_shows_the_object() {
    let log = Log::default();
    for _ in 0..rounds(200) {
        let object = owner(vec![1, 2, 3]);
        let seen = log.clone();
        finalize_with(&object, move |object: Option<&Obj<Vec<i32>>>| {
            seen.note(object.unwrap().iter().sum::<i32>());
        });
        let owners: Vec<_> = (0..4).map(|_| object.clone()).collect();
        drop(object);
        let drops = owners.into_iter();
        all_at_once(
            drops.map(|owner| Box::new(|| drop(owner)) as Box<dyn FnOnce() + Send>).collect(),
        );
        assert_eq!(log.take(), ["6"]);
    }
}

/// When the turn comes, a thread peeks, and the drop does not wait for it. The object is gone when
/// the function runs.
#[test]
fn a_peek_in_the_way_of_a_death_hides_the_object() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let seen = log.clone();
    let finalizer = finalize_with(&object, move |object: Option<&Obj<_>>| {
        seen.note(object.map_or("nothing", |_: &Obj<weakref_tests::NotesDrop>| "something"));
    });
    let (dying, peeking) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let barriers = (dying.clone(), peeking.clone());
    finalize(&object, move || {
        barriers.0.wait();
        barriers.1.wait();
    });
    thread::scope(|scope| {
        let death = scope.spawn(|| drop(object));
        dying.wait();
        finalizer.peek(|object, _| {
            assert!(object.is_none());
            peeking.wait();
            death.join().unwrap();
            log.note("peeked");
        });
    });
    assert_eq!(log.take(), ["dropped", "peeked", "nothing"]);
}
