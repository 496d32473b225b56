//! Sizes, and what may go to other threads.

use std::{
    cell::Cell,
    panic::{RefUnwindSafe, UnwindSafe},
    rc::Rc,
};

use weakref_core::{
    Local, PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, Shared, Slotted, Unraisable, WeakKeyMap,
    WeakRef, WeakSet, WeakSlot, WeakValueMap, WeakWeakMap, Weakrefable,
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
fn what_holds_objects_weakly_may_be_used_after_a_panic() {
    macro_rules! assert_both {
        ($($type:ty),* $(,)?) => {$(
            assert!(implements!($type: UnwindSafe + RefUnwindSafe), stringify!($type));
        )*};
    }
    assert_both!(
        WeakSlot<Local>,
        WeakSlot,
        Slotted<u8, Local>,
        Slotted<u8>,
        WeakValueMap<u8, Slotted<u8, Local>>,
        WeakValueMap<u8, Slotted<u8>>,
        WeakSet<Slotted<u8, Local>>,
        WeakSet<Slotted<u8>>,
        PtrWeakSet<Slotted<u8, Local>>,
        PtrWeakSet<Slotted<u8>>,
        WeakWeakMap<Slotted<u8, Local>, Slotted<u8, Local>>,
        WeakWeakMap<Slotted<u8>, Slotted<u8>>,
        PtrWeakWeakMap<Slotted<u8, Local>, Slotted<u8, Local>>,
        PtrWeakWeakMap<Slotted<u8>, Slotted<u8>>,
        // What they hold is not theirs to break.
        WeakValueMap<u8, Slotted<Cell<u8>, Local>>,
        PtrWeakSet<Slotted<Cell<u8>, Local>>,
    );
}

/// A value that a closure was changing when it panicked is half changed.
#[test]
fn what_owns_values_may_be_used_after_a_panic_as_far_as_these_may() {
    type Values<V> = WeakKeyMap<Slotted<u8>, V>;
    type PtrValues<V> = PtrWeakKeyMap<Slotted<u8, Local>, V>;
    type Keys<K> = WeakValueMap<K, Slotted<u8>>;
    assert!(implements!(Values<u8>: UnwindSafe) && !implements!(Values<u8>: RefUnwindSafe));
    assert!(implements!(PtrValues<u8>: UnwindSafe) && !implements!(PtrValues<u8>: RefUnwindSafe));
    assert!(!implements!(Values<&'static mut u8>: UnwindSafe));
    assert!(!implements!(PtrValues<&'static mut u8>: UnwindSafe));
    assert!(implements!(Keys<Cell<u8>>: UnwindSafe));
    assert!(!implements!(Keys<Cell<u8>>: RefUnwindSafe));
    assert!(!implements!(Keys<&'static mut u8>: UnwindSafe));
    assert!(implements!(Keys<&'static mut u8>: RefUnwindSafe));
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
