//! `Shared` in several threads: deaths beside reads, registrations and drops elsewhere.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use weakref_core::{
    DeathQueue, PtrWeakWeakMap, Slotted, WeakRef, WeakValueMap, clear_weakrefs, weakref_count,
    weakrefs,
};
use weakref_tests::{
    Log, a_while,
    flavours::shared::{Obj, owner},
    here, rounds,
};

use crate::race::{all_at_once, race};

/// Counts calls, and what callbacks owned.
#[derive(Clone, Default)]
struct Calls {
    calls: Arc<AtomicUsize>,
    captured: Arc<()>,
}

impl Calls {
    fn callback<T: ?Sized + weakref_core::Weakrefable>(
        &self,
    ) -> impl FnOnce(&WeakRef<T>) + Send + 'static + use<T> {
        let Self { calls, captured } = self.clone();
        move |dead: &WeakRef<T>| {
            assert!(dead.is_dead() && dead.upgrade().is_none());
            calls.fetch_add(1, Ordering::Relaxed);
            drop(captured);
        }
    }

    fn count(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Callbacks that have neither run nor been dropped.
    fn waiting(&self) -> usize {
        Arc::strong_count(&self.captured) - 1
    }
}

#[test]
fn b050_b370_callbacks_run_in_the_thread_that_drops_the_last_owner() {
    let log = Log::default();
    let object = owner(7);
    let made_in = here();
    let _weak = WeakRef::with_callback(&object, {
        let log = log.clone();
        move |_: &WeakRef<_>| log.note(format!("{:?}", here()))
    });
    let dropped_in = thread::spawn(move || {
        drop(object);
        here()
    });
    let dropped_in = dropped_in.join().unwrap();
    assert_ne!(made_in, dropped_in);
    assert_eq!(log.take(), [format!("{dropped_in:?}")]);
}

#[test]
fn b374_references_are_used_in_any_thread() {
    let log = Log::default();
    let object = owner(7);
    let weak = thread::scope(|scope| {
        let made = || WeakRef::with_callback(&object, log.call("called"));
        scope.spawn(made).join().unwrap()
    });
    let clone = weak.clone();
    thread::spawn(move || drop(clone)).join().unwrap();
    thread::spawn({
        let weak = weak.clone();
        move || assert!(weak.upgrade().is_some_and(|object| **object == 7))
    })
    .join()
    .unwrap();
    assert_eq!(weakref_count(&object), 1);
    drop(object);
    assert_eq!(log.take(), ["called"]);
}

#[test]
fn b366_an_upgrade_that_meets_the_death_gives_an_owner_or_none() {
    let log = Log::default();
    race(
        rounds(5_000),
        || {
            let object = owner(log.drop("dropped"));
            let weak = WeakRef::with_callback(&object, log.call("called"));
            ((object, weak.clone()), weak)
        },
        |(object, weak)| {
            drop(object);
            drop(weak);
        },
        |weak| {
            while let Some(owner) = weak.upgrade() {
                assert!(format!("{owner:?}").contains("dropped"));
            }
            assert!(weak.is_dead() && weak.upgrade().is_none());
        },
        || assert_eq!(log.take(), ["called", "dropped"]),
    );
}

/// Each step is whole; but the next one may find what this one has found no longer.
#[test]
fn b362_a_death_strikes_between_two_steps() {
    let map = WeakValueMap::new();
    race(
        rounds(5_000),
        || {
            let object = owner(7);
            map.insert("key", &object);
            let weak = WeakRef::new(&object);
            (object, weak)
        },
        drop,
        |weak| {
            loop {
                let (is_there, is_dead) = (map.contains_key("key"), weak.is_dead());
                let (found, upgraded) = (map.get("key"), weak.upgrade());
                assert!(found.is_none() || (is_there && !is_dead), "what was dead is alive");
                assert!(upgraded.is_none() || (found.is_some() && !is_dead), "it was dead before");
                let Some(owner) = found.or(upgraded) else { break };
                // From here on, nothing strikes.
                assert!(map.contains_key("key") && !weak.is_dead());
                assert_eq!((map.len(), map.iter().len()), (1, 1));
                assert!(map.get("key").is_some_and(|again| Arc::ptr_eq(&again, &owner)));
                assert!(weak.upgrade().is_some_and(|again| Arc::ptr_eq(&again, &owner)));
            }
            assert!(weak.is_dead() && weak.upgrade().is_none() && map.get("key").is_none());
        },
        || assert!(map.is_empty()),
    );
}

/// References to one object, which threads and callbacks add to and look at.
type Made = Arc<Mutex<Vec<WeakRef<Obj<i32>>>>>;

#[test]
fn b369_all_references_are_dead_when_the_first_callback_runs() {
    let seen = Log::default();
    let mut all: Made = Arc::default();
    // Registers with the object, and, when called, notes whether all that were made are dead.
    let make = |object: &Arc<Obj<i32>>, made: &Made| {
        let (seen, others) = (seen.clone(), Arc::clone(made));
        let called = WeakRef::with_callback(object, move |_| {
            seen.put(others.lock().unwrap().iter().all(WeakRef::is_dead));
        });
        made.lock().unwrap().extend([called, WeakRef::new(object)]);
    };
    race(
        rounds(5_000),
        || {
            let object = owner(7);
            all = Arc::default();
            make(&object, &all);
            let weak = WeakRef::new(&object);
            (object, (weak, Arc::clone(&all)))
        },
        drop,
        |(weak, made)| {
            // Not for ever: if the other thread has lost its processor, this one would go on until
            // thousands of callbacks look at thousands of references.
            for _ in 0..100 {
                let Some(owner) = weak.upgrade() else { return };
                make(&owner, &made);
            }
        },
        || {
            let seen = seen.take();
            assert!(!seen.is_empty() && seen.iter().all(|all_were_dead| *all_were_dead));
        },
    );
}

#[test]
fn b372_who_lists_and_counts_what_may_be_dying_finds_all_or_no_owner() {
    let calls = Calls::default();
    let kept = Mutex::new(Vec::new());
    let mut died = 0;
    // Not for ever: as long as the two threads take turns, each keeps the object alive for the other.
    let ask = |weak: &WeakRef<Obj<i32>>| {
        for _ in 0..100 {
            let Some(owner) = weak.upgrade() else {
                assert!(weak.is_dead());
                return;
            };
            let listed = weakrefs(&owner);
            // Those with a callback, and, as one, those without.
            assert_eq!((listed.len(), weakref_count(&owner)), (4, 4));
            assert_eq!(listed.iter().filter(|weak| weak.has_callback()).count(), 3);
            let is_it =
                |weak: &WeakRef<_>| weak.upgrade().is_some_and(|one| Arc::ptr_eq(&one, &owner));
            assert!(listed.iter().all(is_it));
        }
    };
    race(
        rounds(5_000),
        || {
            let object = owner(7);
            let refs = [(); 3].map(|()| WeakRef::with_callback(&object, calls.callback()));
            let weak = WeakRef::new(&object);
            *kept.lock().unwrap() = refs.into();
            ((object, weak.clone()), weak)
        },
        |(object, weak)| {
            drop(object);
            ask(&weak);
        },
        |weak| ask(&weak),
        || {
            died += 3;
            assert_eq!((calls.count(), calls.waiting()), (died, 0));
            assert!(kept.lock().unwrap().iter().all(WeakRef::is_dead));
        },
    );
}

/// Called or not, the callback goes once, and whole.
#[test]
fn b368_dropping_a_reference_meets_the_death() {
    // Alone in its slot, or in a list.
    for others in 0..3 {
        let calls = Calls::default();
        let mut expected = 0..=0;
        // Until both are done: to take its registration back, the reference that goes takes an owner
        // for a moment, which may be the last one.
        let kept = Mutex::new(Vec::new());
        race(
            rounds(5_000),
            || {
                let object = owner(7);
                let weak = WeakRef::with_callback(&object, calls.callback());
                let register = |_| WeakRef::with_callback(&object, calls.callback());
                let others: Vec<_> = (0..others).map(register).collect();
                ((object, others), weak)
            },
            |(object, others)| {
                drop(object);
                *kept.lock().unwrap() = others;
            },
            drop,
            || {
                kept.lock().unwrap().clear();
                expected = expected.start() + others..=expected.end() + others + 1;
                assert!(expected.contains(&calls.count()));
                assert_eq!(calls.waiting(), 0);
            },
        );
    }
}

#[test]
fn detaching_meets_the_death() {
    let calls = Calls::default();
    race(
        rounds(5_000),
        || {
            let object = owner(7);
            let weak = WeakRef::with_callback(&object, calls.callback());
            ((object, weak.clone()), weak)
        },
        |(object, weak)| {
            // To detach takes an owner for a moment, so this may not be the last one.
            drop(object);
            drop(weak);
        },
        |weak| {
            weak.detach();
            assert!(!weak.has_callback());
        },
        || assert_eq!(calls.waiting(), 0),
    );
}

#[test]
fn detaching_meets_detaching_and_clearing() {
    let calls = Calls::default();
    let object = owner(7);
    race(
        rounds(5_000),
        || {
            let weak = WeakRef::with_callback(&object, calls.callback());
            (weak.clone(), weak)
        },
        |weak| weak.detach(),
        |weak| {
            clear_weakrefs(&object);
            weak.detach();
        },
        || assert_eq!((calls.waiting(), weakref_count(&object)), (0, 0)),
    );
}

#[test]
fn the_last_of_two_clones_is_dropped_elsewhere() {
    let calls = Calls::default();
    let object = owner(7);
    race(
        rounds(20_000),
        || {
            let weak = WeakRef::with_callback(&object, calls.callback());
            (weak.clone(), weak)
        },
        drop,
        drop,
        || assert_eq!((calls.waiting(), weakref_count(&object)), (0, 0)),
    );
    assert_eq!(calls.count(), 0);
}

#[test]
fn the_last_clone_is_dropped_as_another_is_listed() {
    let calls = Calls::default();
    let object = owner(7);
    race(
        rounds(20_000),
        || (WeakRef::with_callback(&object, calls.callback()), ()),
        drop,
        |()| drop(weakrefs(&object)),
        || assert_eq!((calls.waiting(), weakref_count(&object)), (0, 0)),
    );
    assert_eq!(calls.count(), 0);
}

#[test]
fn the_last_of_two_owners_is_dropped_once() {
    let calls = Calls::default();
    let kept = Mutex::new(None);
    let mut expected = 0;
    race(
        rounds(5_000),
        || {
            let object = owner(7);
            *kept.lock().unwrap() = Some(WeakRef::with_callback(&object, calls.callback()));
            (object.clone(), object)
        },
        drop,
        drop,
        || {
            expected += 1;
            assert_eq!((calls.count(), calls.waiting()), (expected, 0));
        },
    );
}

#[test]
fn b367_many_threads_register_with_one_object_and_take_back() {
    let calls = Calls::default();
    let object = owner(7);
    let each = rounds(500_usize);
    let kept = Mutex::new(Vec::new());
    let task = || {
        let mut mine = Vec::new();
        for round in 0..each {
            let weak = WeakRef::with_callback(&object, calls.callback());
            assert!(weakref_count(&object) >= 1);
            if round % 100 == 0 {
                assert!(weakrefs(&object).iter().any(|other| other.is_same_reference(&weak)));
            }
            if round % 3 == 0 {
                mine.push(weak);
            }
        }
        kept.lock().unwrap().extend(mine);
    };
    all_at_once((0..4).map(|_| Box::new(task) as Box<dyn FnOnce() + Send>).collect());

    let kept = kept.into_inner().unwrap();
    assert_eq!(weakref_count(&object), kept.len());
    assert_eq!(kept.len(), 4 * each.div_ceil(3));
    drop(object);
    assert_eq!((calls.count(), calls.waiting()), (kept.len(), 0));
    assert!(kept.iter().all(WeakRef::is_dead));
}

#[test]
fn clearing_meets_registrations_and_drops() {
    let calls = Calls::default();
    let object = owner(7);
    let map = WeakValueMap::new();
    let register = || {
        for round in 0..rounds(500) {
            let weak = WeakRef::with_callback(&object, calls.callback());
            map.insert(round % 10, &object);
            drop(weak);
        }
    };
    let clear = || (0..rounds(500)).for_each(|_| clear_weakrefs(&object));
    all_at_once(vec![Box::new(register), Box::new(register), Box::new(clear)]);
    clear_weakrefs(&object);
    assert_eq!(calls.waiting(), 0);
    assert!(map.is_empty());
    assert_eq!(weakref_count(&object), 0);
}

#[test]
fn hashing_meets_hashing_and_the_death() {
    for _ in 0..rounds(500) {
        let object = owner(7);
        let weak = WeakRef::new(&object);
        let expected = weak.clone().try_hash();
        let hash = || {
            let hash = weak.try_hash();
            assert!(hash == expected || hash.is_err());
            if hash.is_ok() {
                assert_eq!(weak.try_hash(), hash);
            }
        };
        all_at_once(vec![Box::new(hash), Box::new(hash), Box::new(move || drop(object))]);
    }
}

/// Objects that die in one thread, and whose callbacks drop objects that others register with.
#[test]
fn everything_at_once() {
    let calls = Calls::default();
    let registered = AtomicUsize::new(0);
    let task = |seed: usize| {
        let (calls, registered) = (&calls, &registered);
        move || {
            let mut objects: Vec<_> = (0..8).map(owner).collect();
            let mut refs = Vec::new();
            for round in 0..rounds(500) {
                let place = (round * 7 + seed) % objects.len();
                let inner = owner(round);
                refs.push(WeakRef::with_callback(&inner, calls.callback()));
                let callback = calls.callback();
                refs.push(WeakRef::with_callback(&objects[place], move |dead: &WeakRef<_>| {
                    callback(dead);
                    drop(inner);
                }));
                registered.fetch_add(2, Ordering::Relaxed);
                if round % 5 == 0 {
                    let dies = std::mem::replace(&mut objects[place], owner(round));
                    thread::scope(|scope| {
                        scope.spawn(move || drop(dies));
                    });
                }
            }
            drop(objects);
            assert!(refs.iter().all(WeakRef::is_dead));
        }
    };
    all_at_once((0..3).map(|seed| Box::new(task(seed)) as Box<dyn FnOnce() + Send>).collect());
    assert_eq!(calls.count(), registered.into_inner());
    assert_eq!(calls.waiting(), 0);
}

/// The death of a key takes the entry's registration out of the slot of the value too.
#[test]
fn slow_a_death_does_not_wait_while_the_survivor_is_listed() {
    let map = PtrWeakWeakMap::new();
    let survivor = Arc::new(Slotted::new(0_u32));
    let callbacks: Vec<_> =
        (0..rounds(50_000).max(1_000)).map(|_| WeakRef::with_callback(&survivor, |_| ())).collect();
    let start = Instant::now();
    assert_eq!(weakrefs(&survivor).len(), callbacks.len());
    let a_list = start.elapsed();
    let over = AtomicBool::new(false);

    let mut deaths = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                weakrefs(&survivor);
            }
        });
        let death = |number| {
            let key = Arc::new(Slotted::new(number));
            map.insert(&key, &survivor);
            let start = Instant::now();
            drop(key);
            start.elapsed()
        };
        let deaths: Vec<_> = (0..41).map(death).collect();
        over.store(true, Ordering::Relaxed);
        deaths
    });

    deaths.sort();
    // Not the longest: any thread can lose the processor.
    let median = deaths[deaths.len() / 2];
    assert!(median < a_list / 4, "{median:?} for a death, {a_list:?} for a list");
    assert!(map.is_empty());
    assert_eq!(weakref_count(&survivor), callbacks.len());
}

/// A wait of ours must not use up the token of a `park` of the user's.
#[test]
fn a_thread_that_waits_keeps_the_token_of_its_park() {
    let queue = DeathQueue::new();
    let object = Arc::new(Slotted::new(0));
    let watch = queue.watch(&object, "died");
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            // Given before the wait.
            thread::current().unpark();
            let key = queue.recv();
            let start = Instant::now();
            thread::park_timeout(Duration::from_mins(10));
            (key, start.elapsed())
        });
        a_while();
        drop(object);
        let (key, parked) = waiting.join().unwrap();
        assert_eq!(key, Some("died"));
        assert!(parked < Duration::from_mins(5), "the token has gone");
    });
    drop(watch);
}
