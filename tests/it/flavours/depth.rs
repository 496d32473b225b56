//! Long chains of deaths, each inside the callback of the one before.
//!
//! They run in a thread with the stack of an ordinary program, as a test's own has less.

use std::{cell::RefCell, thread};

use weakref_core::{WeakRef, WeakValueMap, weakref_count};
use weakref_tests::{Log, rounds};

use super::{Obj, Ptr, Shelf, owner};
use crate::support::on_8_mib;

const LONG: u32 = 1_000_000;

type Referent = Obj<u32>;

/// Returns the first of a chain of objects, and the references whose callbacks own the next ones.
fn chain(length: u32, log: &Log) -> (Ptr<Referent>, Vec<WeakRef<Referent>>) {
    let mut first = owner(length);
    let mut refs = vec![WeakRef::with_callback(&first, log.call("the last is dead"))];
    for number in (1..length).rev() {
        let next = std::mem::replace(&mut first, owner(number));
        refs.push(WeakRef::with_callback(&first, move |_: &WeakRef<_>| drop(next)));
    }
    (first, refs)
}

/// The same, where each callback owns the reference to the next object as well.
fn chain_of_its_own(length: u32, log: &Log) -> (Ptr<Referent>, WeakRef<Referent>) {
    let mut first = owner(length);
    let mut weak = WeakRef::with_callback(&first, log.call("the last is dead"));
    for number in (1..length).rev() {
        let next = std::mem::replace(&mut first, owner(number));
        let of_next = weak;
        weak = WeakRef::with_callback(&first, move |_: &WeakRef<_>| {
            drop(next);
            assert!(of_next.is_dead());
        });
    }
    (first, weak)
}

#[test]
fn slow_b057_a_long_chain_of_callbacks_needs_no_deep_stack() {
    on_8_mib(|| {
        let log = Log::default();
        let (first, refs) = chain(LONG, &log);
        drop(first);
        assert_eq!(log.take(), ["the last is dead"]);
        assert!(refs.iter().all(WeakRef::is_dead));
    });
}

#[test]
fn slow_b057_a_long_chain_that_nobody_else_holds() {
    on_8_mib(|| {
        let log = Log::default();
        let (first, weak) = chain_of_its_own(LONG, &log);
        drop(first);
        assert_eq!(log.take(), ["the last is dead"]);
        assert!(weak.is_dead());
    });
}

/// Whoever waits for its turn is dead already, and is called all the same.
#[test]
fn slow_b033_every_callback_of_a_chain_of_any_length_runs() {
    for length in 1..200 {
        let log = Log::default();
        let (first, weak) = chain_of_its_own(length, &log);
        drop(first);
        assert_eq!(log.take(), ["the last is dead"], "{length} objects");
        drop(weak);
    }
}

#[test]
fn slow_a_long_chain_is_cleared() {
    on_8_mib(|| {
        let log = Log::default();
        let (first, refs) = chain(LONG / 10, &log);
        weakref_core::clear_weakrefs(&first);
        assert_eq!(log.take(), ["the last is dead"]);
        assert!(refs.iter().all(WeakRef::is_dead));
    });
}

/// Several callbacks and an entry in a map each: newest first at any depth.
#[test]
fn b036_newest_first_at_any_depth() {
    on_8_mib(|| {
        let log = Log::default();
        let map: Ptr<WeakValueMap<u32, Referent>> = Ptr::default();
        let mut first = owner(0);
        let mut refs = Vec::new();
        for number in 0..200 {
            refs.push(WeakRef::with_callback(&first, log.call(format!("{number} oldest"))));
            map.insert(number, &first);
            refs.push(WeakRef::with_callback(&first, {
                let (log, map) = (log.clone(), map.clone());
                move |_: &WeakRef<_>| {
                    log.note(format!("{number} newest {}", map.contains_key(&number)));
                }
            }));
            let next = std::mem::replace(&mut first, owner(number + 1));
            refs.push(WeakRef::with_callback(&first, move |_: &WeakRef<_>| drop(next)));
        }
        assert_eq!((map.len(), weakref_count(&first)), (200, 1));
        drop(first);
        assert!(map.is_empty());
        let notes = log.take();
        assert_eq!(notes.len(), 400);
        let at = |note: String| notes.iter().position(|other| *other == note);
        for number in 0..200 {
            let newest = at(format!("{number} newest false"));
            assert!(newest.is_some() && newest < at(format!("{number} oldest")), "{number}");
        }
    });
}

thread_local! {
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// What a thread leaves behind.
struct Kept {
    first: Option<Ptr<Referent>>,
    refs: Vec<WeakRef<Referent>>,
    log: Log,
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.first.take());
        self.log.note(self.refs.iter().all(WeakRef::is_dead));
    }
}

fn dies_as_the_thread_ends(before: fn(), after: fn()) {
    let log = Log::default();
    on_8_mib({
        let log = log.clone();
        move || {
            before();
            KEPT.with(|_| ());
            after();
            let (first, refs) = chain(LONG / 10, &log);
            KEPT.set(Some(Kept { first: Some(first), refs, log }));
        }
    });
    assert_eq!(log.take(), ["the last is dead", "true"]);
}

/// So that what the core keeps in the thread, if anything, has been used.
fn dies_now() {
    let log = Log::default();
    let (first, refs) = chain(1_000, &log);
    drop(first);
    assert_eq!(log.take(), ["the last is dead"]);
    drop(refs);
}

#[test]
fn slow_a_long_chain_dies_as_the_thread_ends() {
    dies_as_the_thread_ends(|| (), || ());
}

/// Thread-locals go in the reverse order of their first use.
#[test]
fn slow_a_long_chain_dies_after_what_was_used_later_is_gone() {
    dies_as_the_thread_ends(|| (), dies_now);
}

#[test]
fn slow_a_long_chain_dies_before_what_was_used_earlier_is_gone() {
    dies_as_the_thread_ends(dies_now, || ());
}

#[test]
fn what_waits_at_depth_does_not_leave_the_death() {
    let log = Log::default();
    let (first, refs) = chain(500, &log);
    let outer = owner(0);
    let older = WeakRef::with_callback(&outer, log.call("older"));
    let newer = WeakRef::with_callback(&outer, move |_: &WeakRef<_>| drop(first));
    drop(outer);
    log.note("after");
    assert_eq!(log.take(), ["the last is dead", "older", "after"]);
    drop((refs, older, newer));
    // And the next death starts from the top again.
    dies_now();
}

#[test]
fn a_panic_in_the_middle_of_a_chain() {
    let unraisables = weakref_tests::Unraisables::listen();
    let log = Log::default();
    let (mut first, mut refs) = chain(300, &log);
    for _ in 0..200 {
        let next = std::mem::replace(&mut first, owner(0));
        refs.push(WeakRef::with_callback(&first, move |_: &WeakRef<_>| {
            let _dies_as_this_unwinds = next;
            std::panic::resume_unwind(Box::new("in the chain"));
        }));
    }
    drop(first);
    assert_eq!(log.take(), ["the last is dead"]);
    assert_eq!(unraisables.take().len(), 200);
    dies_now();
}

#[test]
fn chains_in_several_threads_do_not_wait_for_each_other() {
    let threads: Vec<_> =
        (0..4).map(|_| thread::spawn(|| (0..rounds(10)).for_each(|_| dies_now()))).collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// A tree: each callback owns two objects.
#[test]
fn a_wide_tree_of_callbacks() {
    fn tree(depth: u32, refs: &Shelf<WeakRef<Referent>>, log: &Log) -> Ptr<Referent> {
        let node = owner(depth);
        let children = (depth > 0).then(|| [(); 2].map(|()| tree(depth - 1, refs, log)));
        refs.put(WeakRef::with_callback(&node, {
            let log = log.clone();
            move |_: &WeakRef<_>| {
                drop(children);
                log.note("called");
            }
        }));
        node
    }

    let (refs, log) = (Shelf::new([]), Log::default());
    drop(tree(10, &refs, &log));
    assert_eq!(log.take().len(), (1 << 11) - 1);
    assert!(refs.take().iter().all(WeakRef::is_dead));
}
