//! Sizes, and what may go to other threads.

use std::{cell::Cell, rc::Rc};

use weakref_core::{
    BoxedFinalizer, BoxedWeakMethod, Local, LocalBoxedFinalizer, LocalBoxedWeakMethod, Shared,
    Slotted, Unraisable, WeakRef, WeakSlot, Weakrefable,
};
use weakref_tests::implements;

#[test]
fn a_slot_has_two_words() {
    assert!(size_of::<WeakSlot<Local>>() <= 16);
    assert!(size_of::<WeakSlot<Shared>>() <= 16);
    assert!(size_of::<Slotted<u64, Local>>() <= 24);
    assert!(size_of::<Slotted<u64, Shared>>() <= 24);
}

#[test]
fn a_reference_to_a_sized_type_has_three_words() {
    assert!(size_of::<WeakRef<Slotted<u8, Local>>>() <= 24);
    assert!(size_of::<WeakRef<Slotted<[u64; 100], Shared>>>() <= 24);
}

#[test]
fn an_option_of_a_reference_is_not_larger() {
    type Weak = WeakRef<Slotted<u8>>;
    assert!(size_of::<Option<Weak>>() <= 24);
}

#[test]
fn a_reference_to_an_unsized_type_has_four_words() {
    assert!(size_of::<WeakRef<Slotted<dyn Fn(), Local>>>() <= 32);
    assert!(size_of::<WeakRef<Slotted<[u8], Shared>>>() <= 32);
}

#[test]
fn b374_shared_may_go_to_other_threads() {
    assert!(implements!(WeakSlot<Shared>: Send + Sync));
    assert!(implements!(Slotted<u8>: Send + Sync));
    assert!(implements!(WeakRef<Slotted<u8>>: Send + Sync));
    assert!(implements!(WeakRef<Slotted<dyn Fn() + Send + Sync>>: Send + Sync));
}

#[test]
fn b374_local_may_not() {
    assert!(!implements!(WeakRef<Slotted<u8, Local>>: Send));
    assert!(!implements!(WeakRef<Slotted<u8, Local>>: Sync));
    assert!(!implements!(WeakSlot<Local>: Sync));
    // Else what is registered could be told in a thread that it is not made for.
    assert!(!implements!(WeakSlot<Local>: Send));
    assert!(!implements!(Slotted<u8, Local>: Send));
    assert!(!implements!(Slotted<u8, Local>: Sync));
}

/// As for `Arc`: a reference can make an owner, and so drop the value in its thread.
#[test]
fn b374_shared_only_with_what_may_go_itself() {
    assert!(!implements!(WeakRef<Slotted<Cell<u8>>>: Send));
    assert!(!implements!(WeakRef<Slotted<Cell<u8>>>: Sync));
    assert!(!implements!(WeakRef<Slotted<Rc<u8>>>: Send));
    assert!(!implements!(WeakRef<Slotted<dyn Fn()>>: Send));
    assert!(!implements!(Slotted<Cell<u8>>: Sync) && implements!(Slotted<Cell<u8>>: Send));
}

#[test]
fn references_can_be_unpinned_and_unraisables_seen() {
    assert!(implements!(WeakRef<Slotted<u8, Local>>: Unpin));
    assert!(implements!(WeakRef<Slotted<u8>>: Unpin));
    assert!(implements!(Unraisable<'static>: std::fmt::Debug + std::fmt::Display));
}

/// The default flavour is the one that is right for any number of threads.
#[test]
fn the_default_is_shared() {
    assert!(implements!(Slotted<u8>: Weakrefable<Flavor = Shared>));
    assert!(implements!(WeakSlot: Sync));
}

#[test]
fn boxes_of_shared_objects_may_go_to_other_threads() {
    assert!(implements!(BoxedFinalizer: Send + Sync));
    assert!(implements!(BoxedWeakMethod<(u8,), String>: Send + Sync));
    assert!(!implements!(LocalBoxedFinalizer: Send));
    assert!(!implements!(LocalBoxedWeakMethod<()>: Send));
}
