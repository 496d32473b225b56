//! A `weak_slot` that is written by hand, and does not always return the same slot.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use weakref_core::{WeakRef, WeakSlot, WeakValueMap, Weakrefable, weakref_count};
use weakref_tests::Log;

use super::{Here, Ptr};

#[derive(Default)]
struct Fickle {
    which: AtomicUsize,
    slots: [WeakSlot<Here>; 2],
}

impl Weakrefable for Fickle {
    type Flavor = Here;

    fn weak_slot(&self) -> &WeakSlot<Here> {
        &self.slots[self.which.load(Relaxed)]
    }
}

/// Both references have the first place, each in its slot.
#[test]
fn a_reference_that_looks_in_the_wrong_slot_takes_nobody_else_out() {
    let log = Log::default();
    let object = Ptr::new(Fickle::default());
    let first = WeakRef::with_callback(&object, log.call("first"));
    object.which.store(1, Relaxed);
    let second = WeakRef::with_callback(&object, log.call("second"));
    drop(first);
    drop(object);
    assert_eq!(log.take(), ["second"]);
    assert!(second.is_dead());
}

#[test]
fn nor_does_an_entry() {
    let log = Log::default();
    let object = Ptr::new(Fickle::default());
    let map = WeakValueMap::from([("key", object.clone())]);
    object.which.store(1, Relaxed);
    let weak = WeakRef::with_callback(&object, log.call("called"));
    assert!(map.remove("key").is_some());
    assert_eq!(weakref_count(&object), 1);
    drop(map);
    drop(object);
    assert_eq!(log.take(), ["called"]);
    assert!(weak.is_dead());
}
