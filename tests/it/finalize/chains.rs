//! Long chains, each object owned by the finalizer of the one before.

use weakref_core::{clear_weakrefs, finalize, finalize_on};
use weakref_tests::Log;

use super::{Obj, Ptr, note, owner};
use crate::support::on_8_mib;

const LONG: u32 = 1_000_000;

/// Returns the first.
fn chain(length: u32, log: &Log) -> Ptr<Obj<u32>> {
    let mut first = owner(length);
    finalize(&first, note(log, "the last is dead"));
    for number in (1..length).rev() {
        let next = std::mem::replace(&mut first, owner(number));
        if number % 2 == 0 {
            finalize(&first, move || drop(next));
        } else {
            finalize_on(&*first, move || drop(next));
        }
    }
    first
}

#[test]
fn slow_a_long_chain_needs_no_deep_stack() {
    on_8_mib(|| {
        let log = Log::default();
        let first = chain(LONG, &log);
        drop(first);
        assert_eq!(log.take(), ["the last is dead"]);
    });
}

#[test]
fn slow_a_long_chain_is_called_detached_and_cleared() {
    on_8_mib(|| {
        let log = Log::default();
        let next = chain(LONG / 10, &log);
        let object = owner(0);
        finalize(&object, move || drop(next)).call();
        assert_eq!(log.take(), ["the last is dead"]);

        let next = chain(LONG / 10, &log);
        drop(finalize(&object, move || drop(next)).detach());
        assert_eq!(log.take(), ["the last is dead"]);

        let next = chain(LONG / 10, &log);
        drop(finalize(&object, move || drop(next)).guard());
        assert_eq!(log.take(), ["the last is dead"]);

        let first = chain(LONG / 10, &log);
        clear_weakrefs(&first);
        assert_eq!(log.take(), ["the last is dead"]);
    });
}

#[test]
fn slow_every_one_of_a_chain_of_any_length_runs() {
    for length in 1..200 {
        let log = Log::default();
        drop(chain(length, &log));
        assert_eq!(log.take(), ["the last is dead"], "{length} objects");
    }
}

/// Also where `on_drop` makes them, so that each dies in what is left of the one before.
#[test]
fn slow_a_long_chain_of_values_that_finalize_themselves() {
    use weakref_core::{WeakSlot, Weakrefable};

    #[derive(Weakrefable)]
    #[weakref(on_drop = Self::close)]
    struct Link {
        next: Option<Ptr<Self>>,
        slot: WeakSlot<super::Here>,
    }

    impl Link {
        fn close(&mut self) {
            let next = self.next.take();
            finalize_on(self, move || drop(next));
        }
    }

    on_8_mib(|| {
        let log = Log::default();
        let mut first = Ptr::new(Link { next: None, slot: WeakSlot::new() });
        finalize(&first, note(&log, "the last is dead"));
        for _ in 0..LONG / 10 {
            first = Ptr::new(Link { next: Some(first), slot: WeakSlot::new() });
        }
        drop(first);
        assert_eq!(log.take(), ["the last is dead"]);
    });
}
