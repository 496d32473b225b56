//! The drop of an object, and what runs in it.

use std::sync::Arc;

use weakref_core::{Census, WeakRef, WeakSlot, Weakrefable, finalize};
use weakref_tests::{Log, panic_of};

use super::{Here, Obj, Ptr, Shelf, owner};

#[test]
fn a_registration_has_its_place_in_the_sequence() {
    let census = Arc::new(Census::<Obj<i32>>::new());
    let log = Log::default();
    let count = |name: &'static str| {
        let (census, log) = (census.clone(), log.clone());
        move || log.note(format!("{name}: {}", census.alive().len()))
    };
    let one = owner(1);
    finalize(&one, count("earlier"));
    census.register(&one);
    finalize(&one, count("later"));
    drop(one);
    assert_eq!(log.take(), ["later: 1", "earlier: 0"]);
}

/// Registers another object, and itself, when it is dropped.
#[derive(Weakrefable)]
#[weakref(on_drop = Self::close)]
struct Registers {
    census: Arc<Census<Self>>,
    next: Shelf<Ptr<Self>>,
    counts: Log,
    slot: WeakSlot<Here>,
}

impl Registers {
    fn close(&mut self) {
        for next in self.next.take() {
            self.census.register_with_label(&next, "next");
            self.counts.note(self.census.alive().len());
        }
        self.census.register_with_label(self, "itself");
        self.counts.note(self.census.alive().len());
    }
}

#[test]
fn a_drop_may_register() {
    let census = Arc::new(Census::new());
    let (counts, shelf) = (Log::default(), Shelf::new([]));
    let new = |next| {
        let (census, counts) = (census.clone(), counts.clone());
        Ptr::new(Registers { census, next, counts, slot: WeakSlot::new() })
    };
    let last = new(Shelf::new([]));
    shelf.put(last.clone());
    let one = new(shelf);
    census.register(&one);
    drop(one);
    // It is forgotten before it is closed; then the next, then both.
    assert_eq!(counts.take(), ["1", "2"]);
    assert_eq!(census.alive().origins()[0].labels, [("next".into(), 1)]);
    drop(last);
    assert_eq!(counts.take(), ["1"]);
    census.assert_empty();
}

#[test]
fn a_callback_may_register_and_report() {
    let census = Arc::new(Census::<Obj<i32>>::new());
    let (one, two) = (owner(1), owner(2));
    census.register(&one);
    let (from, shelf) = (census.clone(), Shelf::new([two.clone()]));
    let _weak = WeakRef::with_callback(&one, move |_: &WeakRef<Obj<i32>>| {
        for two in shelf.take() {
            from.register(&two);
            assert_eq!(from.alive().len(), 2);
        }
    });
    drop(one);
    assert_eq!(census.alive().len(), 1);
    drop(two);
    census.assert_empty();
}

#[test]
fn an_object_whose_drop_panics_counts_no_more() {
    struct Panics;

    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("a panic of the drop");
        }
    }

    let census = Census::<Obj<Panics>>::new();
    let one = owner(Panics);
    census.register(&one);
    assert_eq!(panic_of(|| drop(one)), "a panic of the drop");
    census.assert_empty();
}

#[test]
fn objects_that_are_dropped_by_a_panic_count_no_more() {
    let census = Census::<Obj<i32>>::new();
    let message = panic_of(|| {
        let one = owner(1);
        census.register(&one);
        panic!("with an owner");
    });
    assert_eq!(message, "with an owner");
    census.assert_empty();
}
