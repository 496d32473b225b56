//! Functions that drop the last owner of their object: it dies there and then, whoever has them run.

use std::cell::Cell;

use weakref_core::{WeakRef, WeakSlot, Weakrefable, clear_weakrefs, finalize};
use weakref_tests::{Log, Unraisables, caught};

use super::{Function, Here, Obj, Ptr, Shelf, Weak, note, owner};

/// Returns a function that drops what is on the shelf, the last owner, and notes when the object dies.
fn dropping(shelf: &Shelf<Ptr<Obj<i32>>>, weak: Weak<Obj<i32>>, log: &Log) -> Box<Function> {
    let (shelf, log) = (shelf.clone(), log.clone());
    Box::new(move || {
        log.note("begins");
        assert_eq!(weak.strong_count(), 1, "only the shelf owns the object");
        drop(shelf.take());
        assert_eq!(weak.strong_count(), 0, "the object is dead");
        log.note("ends");
    })
}

#[test]
fn a_call_does_not_own_the_object() {
    let log = Log::default();
    let object = owner(7);
    let shelf = Shelf::new([]);
    finalize(&object, note(&log, "older"));
    let finalizer = finalize(&object, dropping(&shelf, Ptr::downgrade(&object), &log));
    finalize(&object, note(&log, "newer"));
    let watch = WeakRef::with_callback(&object, log.call("callback"));
    shelf.put(object);
    assert_eq!(finalizer.call(), Some(()));
    assert_eq!(log.take(), ["begins", "callback", "newer", "older", "ends"]);
    assert!(watch.is_dead() && finalizer.call().is_none());
}

/// What came while somebody peeked runs at the end of that.
#[test]
fn the_end_of_a_peek_does_not_own_the_object() {
    let log = Log::default();
    let object = owner(7);
    let shelf = Shelf::new([]);
    let finalizer = finalize(&object, dropping(&shelf, Ptr::downgrade(&object), &log));
    finalizer.peek(|shown, _| {
        clear_weakrefs(shown.unwrap());
        log.note("cleared");
        finalize(shown.unwrap(), note(&log, "at the death"));
        shelf.put(object);
    });
    assert_eq!(log.take(), ["cleared", "begins", "at the death", "ends"]);
    assert!(!finalizer.is_alive());
}

/// The function of a guard is dropped; what it owns may be the last owner of the object.
#[test]
fn a_guard_does_not_own_the_object_as_it_drops_the_function() {
    struct AtDrop(Shelf<Ptr<Obj<i32>>>, Weak<Obj<i32>>, Log);

    impl Drop for AtDrop {
        fn drop(&mut self) {
            drop(self.0.take());
            assert_eq!(self.1.strong_count(), 0, "the object is dead");
            self.2.note("dropped");
        }
    }

    for peeked in [false, true] {
        let log = Log::default();
        let object = owner(7);
        let shelf = Shelf::new([]);
        let captured = AtDrop(shelf.clone(), Ptr::downgrade(&object), log.clone());
        let guard = finalize(&object, move || drop(captured)).guard();
        let finalizer = guard.clone();
        if peeked {
            finalizer.peek(|_, _| {
                drop(guard);
                shelf.put(object);
            });
        } else {
            shelf.put(object);
            drop(guard);
        }
        assert_eq!(log.take(), ["dropped"]);
    }
}

thread_local! {
    /// Whether the slot's next use drops the last other owner.
    static DROPS: Cell<bool> = const { Cell::new(false) };
}

/// An object that loses its other owner while the finalizer leaves its slot, as another thread can
/// bring about, and that panics as it is dropped.
struct Leaving {
    other: Shelf<Ptr<Leaving>>,
    slot: WeakSlot<Here>,
}

impl Weakrefable for Leaving {
    type Flavor = Here;

    fn weak_slot(&self) -> &WeakSlot<Here> {
        if DROPS.take() {
            drop(self.other.take());
        }
        &self.slot
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        panic!("left");
    }
}

#[test]
fn the_function_is_called_if_its_own_owner_is_the_last_and_the_drop_panics() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let object = Ptr::new(Leaving { other: Shelf::new([]), slot: WeakSlot::new() });
    let finalizer = finalize(&object, note(&log, "called"));
    object.other.clone().put(object);
    DROPS.set(true);
    assert_eq!(caught(|| finalizer.call()).unwrap().as_deref(), Some("called"));
    assert_eq!(log.take(), ["called"], "once");
    assert!(finalizer.call().is_none());
    assert_eq!(unraisables.messages(), ["left"]);
}
