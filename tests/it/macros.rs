//! What the macros make of a type, seen from outside: that it compiles, that it is told of deaths,
//! that the slot is not in anybody's way.

// The modules in here stand for other people's, which are reached from outside.
#![allow(unreachable_pub)]

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use weakref_core::{Local, Shared, WeakRef, Weakrefable, weakref_count};

mod derives;
mod drops;
mod literals;
mod serde;
mod shapes;
mod visibility;

/// Puts a value into an `Rc`, and sees that its slot works: a reference is listed, is told of the
/// death once, and is dead.
fn lives_in_rc<T: Weakrefable<Flavor = Local> + 'static>(value: T) {
    let owner = Rc::new(value);
    let told = Rc::new(Cell::new(0));
    let weak = WeakRef::with_callback(&owner, {
        let told = told.clone();
        move |weak: &WeakRef<T>| {
            assert!(weak.upgrade().is_none());
            told.set(told.get() + 1);
        }
    });
    assert!(weak.upgrade().is_some_and(|upgraded| Rc::ptr_eq(&upgraded, &owner)));
    assert_eq!(weakref_count(&owner), 1);
    slot_is_inside(&*owner);
    assert_eq!(told.get(), 0);
    drop(owner);
    assert_eq!(told.get(), 1);
    assert!(weak.is_dead());
}

/// The same for an `Arc`.
fn lives_in_arc<T: Weakrefable<Flavor = Shared> + Send + Sync + 'static>(value: T) {
    let owner = Arc::new(value);
    let told = Arc::new(AtomicUsize::new(0));
    let weak = WeakRef::with_callback(&owner, {
        let told = told.clone();
        move |weak: &WeakRef<T>| {
            assert!(weak.upgrade().is_none());
            told.fetch_add(1, Ordering::Relaxed);
        }
    });
    assert!(weak.upgrade().is_some_and(|upgraded| Arc::ptr_eq(&upgraded, &owner)));
    assert_eq!(weakref_count(&owner), 1);
    slot_is_inside(&*owner);
    assert_eq!(told.load(Ordering::Relaxed), 0);
    drop(owner);
    assert_eq!(told.load(Ordering::Relaxed), 1);
    assert!(weak.is_dead());
}

/// The slot that `weak_slot` returns is a part of the value, and always the same.
fn slot_is_inside<T: Weakrefable>(value: &T) {
    let start = std::ptr::from_ref(value).addr();
    let slot = std::ptr::from_ref(value.weak_slot()).addr();
    assert!((start..start + size_of::<T>()).contains(&slot));
    assert!(std::ptr::eq(value.weak_slot(), value.weak_slot()));
}
