//! What may be used after a panic: which types are `UnwindSafe` and `RefUnwindSafe`.

use std::{
    cell::{Cell, RefCell},
    panic::{RefUnwindSafe, UnwindSafe},
    rc::Rc,
    sync::Arc,
};

use weakref_core::{
    DeathQueue, Finalizer, Flavor, KeyedRef, Local, Proxy, PtrWeakKeyMap, PtrWeakSet,
    PtrWeakWeakMap, RemovalCause, Shared, Slotted, Unraisable, Watch, WeakKeyMap, WeakMethod,
    WeakRef, WeakSet, WeakSlot, WeakValueMap, WeakWeakMap, Weakrefable,
    error::{ReferenceError, TryReserveError},
    finalizer::FinalizerGuard,
    map,
    map::ByAddress,
    method::{BoundMethod, ByWeak, Owned, OwnedEq},
    queue::{Drain, RecvFuture, RecvStream},
    reference::{CallableProxy, Died, ProxyGuard, WeakReferenceKind},
    set,
};
use weakref_tests::implements;

type Here = Slotted<u8, Local>;
type There = Slotted<u8>;
/// What a panic can leave in any state, seen by whoever has a reference to it.
type Changing = Slotted<Cell<u8>, Local>;
/// What a panic can leave in any state, seen by whoever has lent it.
type Lent = &'static mut u8;
/// A function of which nobody knows what it holds.
type Function = Box<dyn FnOnce() + Send>;
type Pointer = fn();

/// Asserts of each type whether it is `UnwindSafe`, and whether it is `RefUnwindSafe`.
macro_rules! table {
    ($($type:ty: $unwind:literal, $ref_unwind:literal;)*) => {$(
        assert_eq!(
            (implements!($type: UnwindSafe), implements!($type: RefUnwindSafe)),
            ($unwind, $ref_unwind),
            stringify!($type),
        );
    )*};
}

#[test]
fn slots_and_slotted_values() {
    table! {
        // A panic cannot be seen in a slot.
        WeakSlot<Local>: true, true;
        WeakSlot: true, true;
        Here: true, true;
        There: true, true;
        Changing: true, false;
        Slotted<Lent>: false, true;
    }
}

/// As `Rc` and `Arc` are.
#[test]
fn references() {
    table! {
        WeakRef<Here>: true, true;
        WeakRef<There>: true, true;
        WeakRef<Changing>: false, false;
        Rc<Changing>: false, false;
        KeyedRef<u8, Here>: true, true;
        KeyedRef<u8, There>: true, true;
        KeyedRef<Cell<u8>, There>: true, false;
        KeyedRef<Lent, There>: false, true;
        Died<Here>: true, true;
        Died<There>: true, true;
        Died<Changing>: false, false;
        Proxy<Here>: true, true;
        Proxy<There>: true, true;
        Proxy<Changing>: false, false;
        CallableProxy<Pointer>: true, true;
        ProxyGuard<'static, Here>: true, true;
        ProxyGuard<'static, There>: true, true;
        ProxyGuard<'static, Changing>: false, false;
        Watch<Here>: true, true;
        Watch<There>: true, true;
    }
}

/// Asked of a value, as the macro cannot name the lifetimes in the bounds of the type.
#[test]
fn iterators_of_proxies() {
    struct Countdown<F: Flavor>(WeakSlot<F>);

    impl<F: Flavor> Weakrefable for Countdown<F> {
        type Flavor = F;

        fn weak_slot(&self) -> &WeakSlot<F> {
            &self.0
        }
    }

    impl<F: Flavor> IntoIterator for &Countdown<F> {
        type Item = u32;
        type IntoIter = std::ops::Range<u32>;

        fn into_iter(self) -> Self::IntoIter {
            0..3
        }
    }

    fn assert_safe(_: &(impl UnwindSafe + RefUnwindSafe)) {}

    let (local, shared) = (
        Rc::new(Countdown::<Local>(WeakSlot::new())),
        Arc::new(Countdown::<Shared>(WeakSlot::new())),
    );
    assert_safe(&Proxy::new(&local).into_iter());
    assert_safe(&Proxy::new(&shared).into_iter());
}

#[test]
fn methods() {
    table! {
        WeakMethod<Here, Pointer>: true, true;
        WeakMethod<There, Pointer>: true, true;
        WeakMethod<There, Pointer, OwnedEq>: true, true;
        WeakMethod<Here, Here, ByWeak>: true, true;
        WeakMethod<There, There, ByWeak>: true, true;
        BoundMethod<'static, Here, Pointer>: true, true;
        BoundMethod<'static, There, Pointer>: true, true;
        // As what owns the function.
        WeakMethod<There, Function>: false, false;
        Function: false, false;
        Owned: true, true;
        OwnedEq: true, true;
        ByWeak: true, true;
    }
}

/// Whatever the function is, as it runs once: as `Mutex<Option<F>>`.
#[test]
fn finalizers() {
    table! {
        Finalizer<Here, Pointer>: true, true;
        Finalizer<There, Pointer>: true, true;
        Finalizer<Here, Function>: true, true;
        Finalizer<There, Function>: true, true;
        Finalizer<Here, Rc<RefCell<u8>>>: true, true;
        Finalizer<Changing, Pointer>: false, false;
        FinalizerGuard<Here, Function>: true, true;
        FinalizerGuard<There, Function>: true, true;
    }
}

/// As `mpsc::Receiver`.
#[test]
fn queues() {
    table! {
        DeathQueue<u8, Local>: true, true;
        DeathQueue<u8>: true, true;
        DeathQueue<Cell<u8>>: true, true;
        DeathQueue<Lent>: true, true;
        RecvFuture<'static, u8>: true, true;
        RecvStream<u8>: true, true;
        Drain<'static, u8>: true, true;
    }
}

/// As `HashMap` and `HashSet`, of what they own: what they hold weakly is not theirs to break.
#[test]
fn containers() {
    table! {
        WeakValueMap<u8, Here>: true, true;
        WeakValueMap<u8, There>: true, true;
        WeakValueMap<u8, Changing>: true, true;
        WeakValueMap<Cell<u8>, There>: true, false;
        WeakValueMap<Lent, There>: false, true;
        WeakWeakMap<Here, Changing>: true, true;
        WeakWeakMap<There, There>: true, true;
        PtrWeakWeakMap<Changing, Here>: true, true;
        PtrWeakWeakMap<There, There>: true, true;
        WeakSet<Here>: true, true;
        WeakSet<There>: true, true;
        PtrWeakSet<Changing>: true, true;
        PtrWeakSet<There>: true, true;
    }
}

/// A closure that panics leaves a value as it is, and the others see it. So by reference, the value must
/// be able to bear both.
#[test]
fn containers_that_own_values() {
    table! {
        WeakKeyMap<Here, u8>: true, true;
        WeakKeyMap<There, u8>: true, true;
        WeakKeyMap<Changing, Vec<String>>: true, true;
        WeakKeyMap<There, Cell<u8>>: true, false;
        WeakKeyMap<There, Lent>: false, false;
        PtrWeakKeyMap<Here, u8>: true, true;
        PtrWeakKeyMap<There, u8>: true, true;
        PtrWeakKeyMap<Changing, u8>: true, true;
        PtrWeakKeyMap<There, Cell<u8>>: true, false;
        PtrWeakKeyMap<There, Lent>: false, false;
    }
}

#[test]
fn entries() {
    table! {
        map::Entry<'static, WeakValueMap<u8, Here>>: true, true;
        map::OccupiedEntry<'static, WeakValueMap<u8, There>>: true, true;
        map::VacantEntry<'static, WeakValueMap<u8, There>>: true, true;
        map::Entry<'static, WeakKeyMap<Here, u8>>: true, true;
        map::OccupiedEntry<'static, WeakKeyMap<There, u8>>: true, true;
        map::VacantEntry<'static, PtrWeakKeyMap<There, u8>>: true, true;
        map::OccupiedEntry<'static, WeakKeyMap<There, Cell<u8>>>: false, false;
        map::Entry<'static, WeakWeakMap<Here, Here>>: true, true;
        map::OccupiedEntry<'static, PtrWeakWeakMap<There, There>>: true, true;
    }
}

#[test]
fn iterators_of_containers() {
    table! {
        map::Iter<u8, u8>: true, true;
        map::IntoIter<u8, u8>: true, true;
        map::Drain<u8, u8>: true, true;
        map::Keys<u8>: true, true;
        map::Values<u8>: true, true;
        set::Iter<u8>: true, true;
        set::IntoIter<u8>: true, true;
        set::Drain<u8>: true, true;
        // They own a closure of which nobody knows what it holds.
        map::ExtractIf<'static, u8, u8>: false, false;
        set::ExtractIf<'static, u8>: false, false;
    }
}

#[test]
fn the_rest() {
    table! {
        Local: true, true;
        Shared: true, true;
        ByAddress: true, true;
        ReferenceError: true, true;
        TryReserveError: true, true;
        RemovalCause: true, true;
        WeakReferenceKind: true, true;
        // As `PanicHookInfo`: it lends a payload of which nobody knows what it holds.
        Unraisable<'static>: false, false;
        std::panic::PanicHookInfo<'static>: false, false;
    }
}
