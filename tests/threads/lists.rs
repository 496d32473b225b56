//! `weakrefs` in several threads, where it takes more than one stretch of the slot's list.
//!
//! `WEAKREF_STRESS` says how many rounds each test goes.

use std::sync::Mutex;

use weakref_core::{WeakRef, weakref_count, weakrefs};
use weakref_tests::{flavours::shared::owner, rounds};

use crate::race::{all_at_once, race};

/// Each list goes on from its own place. They are longer than what is listed in one go.
#[test]
fn lists_that_are_made_at_once_are_complete() {
    let object = owner(7);
    let refs: Vec<_> = (0..10_000).map(|_| WeakRef::with_callback(&object, |_| ())).collect();
    let list = || {
        for _ in 0..rounds(20) {
            let listed = weakrefs(&object);
            assert_eq!(listed.len(), refs.len());
            assert!(
                listed
                    .iter()
                    .zip(refs.iter().rev())
                    .all(|(one, other)| one.is_same_reference(other))
            );
        }
    };
    all_at_once((0..3).map(|_| Box::new(list) as Box<dyn FnOnce() + Send>).collect());
}

/// The other thread drops the older references first, so the two come past each other.
#[test]
fn a_list_has_what_stays_while_others_leave() {
    let object = owner(7);
    let staying = Mutex::new(Vec::new());
    race(
        rounds(100),
        || {
            let refs = (0..500).map(|_| WeakRef::with_callback(&object, |_| ()));
            let (stay, leave): (Vec<_>, Vec<_>) =
                refs.enumerate().partition(|(number, _)| number % 10 == 0);
            *staying.lock().unwrap() = stay;
            ((), leave)
        },
        |()| {
            let listed = weakrefs(&object);
            let mut rest = listed.iter();
            for (number, weak) in staying.lock().unwrap().iter().rev() {
                assert!(
                    rest.any(|other| other.is_same_reference(weak)),
                    "{number} is not listed in its turn"
                );
            }
        },
        |leave| leave.into_iter().for_each(drop),
        || assert_eq!(weakref_count(&object), staying.lock().unwrap().drain(..).count()),
    );
}

/// Several find the list full at the same time, and have room for more.
#[test]
fn all_are_listed_that_were_registered_at_once() {
    for _ in 0..rounds(200) {
        let object = owner(7);
        let refs = Mutex::new(Vec::new());
        let register = || {
            let mine: Vec<_> = (0..100).map(|_| WeakRef::with_callback(&object, |_| ())).collect();
            refs.lock().unwrap().extend(mine);
        };
        all_at_once((0..4).map(|_| Box::new(register) as Box<dyn FnOnce() + Send>).collect());
        assert_eq!((weakrefs(&object).len(), weakref_count(&object)), (400, 400));
        drop(refs);
        assert_eq!((weakrefs(&object).len(), weakref_count(&object)), (0, 0));
    }
}
