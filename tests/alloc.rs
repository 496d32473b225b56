//! What is allocated, counted by an allocator that this program alone has.

use std::{rc::Rc, sync::Arc};

use allocation_counter::{AllocationInfo, measure};
use weakref_core::{Local, Shared, Slotted, WeakRef, WeakSlot, weakref_count};

/// Stamps the tests once for each flavour.
macro_rules! both_flavours {
    ($($tests:item)*) => {
        mod local {
            use super::{Local as Here, Rc as Ptr, *};
            $($tests)*
        }
        mod shared {
            use super::{Arc as Ptr, Shared as Here, *};
            $($tests)*
        }
    };
}

/// Returns the number of allocations, and that of bytes that are left.
fn allocations(f: impl FnOnce()) -> (u64, i64) {
    let AllocationInfo { count_total, bytes_current, .. } = measure(f);
    (count_total, bytes_current)
}

/// So that what a thread or the program allocates once is there.
fn warm_up() {
    local::warm_up();
    shared::warm_up();
}

both_flavours! {
    type Obj<T> = Slotted<T, Here>;

    fn owner<T>(value: T) -> Ptr<Obj<T>> {
        Ptr::new(Obj::new(value))
    }

    pub(super) fn warm_up() {
        let object = owner(7);
        let weak = WeakRef::with_callback(&object, |_| ());
        drop(object);
        drop(weak);
    }

    #[test]
    fn a_reference_without_callback_allocates_nothing() {
        super::warm_up();
        let object = owner(7);
        let used = allocations(|| {
            let weak = WeakRef::new(&object);
            let clone = weak.clone();
            assert!(clone.upgrade().is_some() && !weak.is_dead() && !weak.has_callback());
            assert_eq!(weakref_count(&object), 1);
            assert!(weak == clone);
            assert!(WeakRef::<Obj<i32>>::default().is_dead());
        });
        assert_eq!(used, (0, 0));
    }

    #[test]
    fn a_slot_and_its_death_allocate_nothing() {
        super::warm_up();
        let used = allocations(|| {
            drop(WeakSlot::<Here>::new());
            drop(Obj::new(7));
        });
        assert_eq!(used, (0, 0));
        // One is the pointer's.
        assert_eq!(allocations(|| drop(owner(7))), (1, 0));
    }

    #[test]
    fn a_first_callback_is_one_allocation() {
        super::warm_up();
        let object = owner(7);
        let captured = [1_u8; 100];
        let mut kept = None;
        let used = allocations(|| {
            kept = Some(WeakRef::with_callback(&object, move |_| assert_eq!(captured[0], 1)));
        });
        assert_eq!(used.0, 1);
        let used = allocations(|| {
            drop(kept.clone());
            drop(object);
        });
        assert_eq!(used.0, 0, "neither a clone nor the death needs any");
    }

    #[test]
    fn a_second_callback_makes_a_list_once() {
        super::warm_up();
        let object = owner(7);
        let register = || WeakRef::with_callback(&object, |_| ());
        let first = register();
        let mut kept = Vec::with_capacity(100);
        let used = allocations(|| kept.push(register()));
        assert!((2..=3).contains(&used.0), "itself, and the list: {used:?}");
        let used = allocations(|| (0..60).for_each(|_| kept.push(register())));
        assert!((60..=70).contains(&used.0), "themselves, and the growth of the list: {used:?}");

        // What has been taken back leaves its place to the next.
        kept.truncate(10);
        let used = allocations(|| (0..40).for_each(|_| kept.push(register())));
        assert_eq!(used.0, 40);
        drop((first, kept));
    }

    #[test]
    fn everything_is_given_back() {
        super::warm_up();
        for dead_first in [false, true] {
            let (_, left) = allocations(|| {
                let object = owner(7);
                let refs = [(); 10].map(|()| WeakRef::with_callback(&object, |_| ()));
                let plain = WeakRef::new(&object);
                if dead_first {
                    drop(object);
                    drop((refs, plain));
                } else {
                    drop((refs, plain));
                    assert_eq!(weakref_count(&object), 0);
                    drop(object);
                }
            });
            assert_eq!(left, 0);
        }
    }

    /// Also what a long chain of deaths has needed to wait.
    #[test]
    fn a_chain_of_deaths_gives_everything_back() {
        super::warm_up();
        let (_, left) = allocations(|| {
            let mut first = owner(0);
            let mut refs = vec![WeakRef::with_callback(&first, |_| ())];
            for number in 1..1_000 {
                let next = std::mem::replace(&mut first, owner(number));
                refs.push(WeakRef::with_callback(&first, move |_: &WeakRef<_>| drop(next)));
            }
            drop(first);
            assert!(refs.iter().all(WeakRef::is_dead));
        });
        assert_eq!(left, 0);
    }

    /// The memory of the referent itself stays as long as a reference does, as with std's.
    #[test]
    fn b032_the_references_keep_the_memory_not_the_value() {
        super::warm_up();
        let mut weak = None;
        let (_, left) = allocations(|| {
            let object = owner(vec![0_u8; 100_000]);
            weak = Some(WeakRef::new(&object));
        });
        assert!((1..200).contains(&left), "{left} bytes");
        assert!(weak.as_ref().is_some_and(WeakRef::is_dead));
        let (_, left) = allocations(|| weak = None);
        assert!(left < 0);
    }
}
