//! What is allocated, counted by an allocator that this program alone has.

use std::{
    cell::Cell,
    future::Future,
    num::NonZero,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use allocation_counter::{AllocationInfo, measure};
use weakref_core::{
    Census, DeathQueue, KeyedRef, Proxy, PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, Slotted,
    WeakKeyMap, WeakList, WeakMethod, WeakRef, WeakSet, WeakSlot, WeakValueMap, WeakWeakMap,
    Weakrefable, clear_weakrefs, clear_weakrefs_silently, finalize, finalize_on,
    map::Entry,
    method::ByWeak,
    reference::{CallableProxy, ProxyGuard},
    weak_fn, weak_fn_or, weakref_count,
};

/// Something to call through a proxy.
#[weakref_core::proxy]
trait Number {
    fn number(&self) -> u8;
}

impl Number for u8 {
    fn number(&self) -> u8 {
        *self
    }
}

/// The same, without a trait.
struct Meter(u8);

#[weakref_core::proxy]
impl Meter {
    fn read(&self) -> u8 {
        self.0
    }
}

/// Stamps the tests once for each flavour.
macro_rules! both_flavours {
    ($($tests:item)*) => {
        mod local {
            use super::*;
            use weakref_tests::flavours::local::{Here, Obj, Ptr, owner};
            $($tests)*
        }
        mod shared {
            use super::*;
            use weakref_tests::flavours::shared::{Here, Obj, Ptr, owner};
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
    pub(super) fn warm_up() {
        let object = owner(7);
        let weak = WeakRef::with_callback(&object, |_| ());
        finalize(&object, || ());
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
    fn a_weak_closure_and_its_calls_allocate_nothing() {
        super::warm_up();
        let object = owner(7_u8);
        let used = allocations(|| {
            let call = weak_fn!(&object, |object, more: u8| **object + more);
            let or = weak_fn_or!(&object, 0, |object, more: u8| **object + more);
            assert_eq!((call(1), or(2), call.clone()(3)), (Some(8), 9, Some(10)));
        });
        assert_eq!(used, (0, 0));
    }

    #[test]
    fn a_call_through_a_proxy_allocates_nothing() {
        super::warm_up();
        let object = owner(7_u8);
        let proxy = Proxy::new(&object);
        let used = allocations(|| {
            assert_eq!((proxy.number(), proxy.try_number()), (7, Ok(7)));
            assert_eq!((object.number(), Meter(7).read()), (7, 7));
        });
        assert_eq!(used, (0, 0));
        let meter = owner(Meter(7));
        let proxy = Proxy::new(&meter);
        let used = allocations(|| {
            assert_eq!((proxy.read(), proxy.try_read()), (7, Ok(7)));
            drop(meter);
            assert_eq!(proxy.try_read(), Err(weakref_core::error::ReferenceError));
        });
        assert_eq!(used.0, 0);
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

    fn nothing() {}

    /// Registers one of each kind that a digit of `kinds` names, and ends all of them.
    fn register_and_end(kinds: [u8; 3], end: fn(&Ptr<Obj<i32>>)) {
        let object = owner(7);
        let map = WeakValueMap::new();
        let mut weaks = Vec::new();
        let mut finalizers = Vec::new();
        for (n, kind) in kinds.into_iter().enumerate() {
            match kind {
                0 => weaks.push(WeakRef::with_callback(&object, |_| ())),
                1 => finalizers.push(finalize(&object, nothing)),
                2 => finalizers.push(finalize_on(&*object, nothing)),
                // It cannot take its registration back, and leaves that to the slot.
                3 => drop(finalize_on(&*object, || ()).call()),
                _ => drop(map.insert(n, &object)),
            }
        }
        end(&object);
        drop(object);
        // Those of an object that was cleared silently are listed until the end of the program.
        for finalizer in finalizers {
            finalizer.detach();
        }
    }

    #[test]
    fn no_registration_is_lost_however_they_end() {
        super::warm_up();
        let ends: [fn(&Ptr<Obj<i32>>); 3] =
            [|_| (), |object| clear_weakrefs(object), |object| clear_weakrefs_silently(object)];
        for kinds in 0..125 {
            let kinds = [kinds / 25, kinds / 5 % 5, kinds % 5];
            for (at, end) in ends.into_iter().enumerate() {
                let (_, left) = allocations(|| register_and_end(kinds, end));
                assert_eq!(left, 0, "bytes left by {kinds:?}, ended in way {at}");
            }
        }
    }

    #[test]
    fn an_empty_list_allocates_nothing_and_a_full_one_leaves_nothing() {
        super::warm_up();
        let used = allocations(|| {
            let list = WeakList::<Obj<i32>>::new();
            assert!(list.is_empty() && list.front().is_none() && list.iter().next().is_none());
            list.clear();
        });
        assert_eq!(used, (0, 0));
        for objects_go_first in [false, true] {
            let (_, left) = allocations(|| {
                let objects: Vec<_> = (0..100).map(owner).collect();
                let list: WeakList<_> = objects.iter().cloned().collect();
                let key = list.push(&objects[7]);
                assert!(list.remove(key).is_some());
                clear_weakrefs(&objects[8]);
                let (one, other): (Box<dyn std::any::Any>, Box<dyn std::any::Any>) =
                    if objects_go_first {
                        (Box::new(objects), Box::new(list))
                    } else {
                        (Box::new(list), Box::new(objects))
                    };
                drop(one);
                drop(other);
            });
            assert_eq!(left, 0);
        }
    }

    #[test]
    fn a_list_shows_its_only_element_without_an_allocation() {
        super::warm_up();
        let objects = [1, 2].map(owner);
        let list = WeakList::<Obj<i32>>::new();
        let mut sum = 0;
        for (object, allocated) in objects.iter().zip([0, 1]) {
            list.push(object);
            let used = allocations(|| list.for_each(|object| sum += ***object));
            assert_eq!(used, (allocated, 0));
        }
        assert_eq!(sum, 1 + 1 + 2);
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
    fn four_callbacks_share_one_allocation_of_the_list() {
        super::warm_up();
        let object = owner(7);
        let mut kept = Vec::with_capacity(4);
        let mut register = || kept.push(WeakRef::with_callback(&object, |_| ()));
        let used = [(); 4].map(|()| allocations(&mut register).0);
        assert_eq!(used, [1, 2, 1, 1], "themselves, and the list");
    }

    #[test]
    fn a_list_goes_with_its_last_callback_while_the_object_lives() {
        super::warm_up();
        let object = owner(7);
        let (_, left) = allocations(|| {
            drop([(); 10].map(|()| WeakRef::with_callback(&object, |_| ())));
        });
        assert_eq!(left, 0);
        assert_eq!(weakref_count(&object), 0);
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

    #[test]
    fn slow_no_operation_on_a_large_container_allocates_or_frees_much() {
        // A table of hashbrown allocates more than a megabyte at once here, and moves as much.
        const MOST: u64 = 1 << 20;
        let map = WeakValueMap::with_shards(1);
        let mut largest = 0;
        let owners: Vec<_> = (0..60_000).map(owner).collect();
        for (key, object) in owners.iter().enumerate() {
            let info = measure(|| drop(map.insert(key, object)));
            largest = largest.max(info.bytes_total);
        }
        assert!(largest < MOST, "{largest}");
        let mut freed = 0;
        for object in owners {
            freed = freed.max(measure(|| drop(object)).bytes_current.unsigned_abs());
        }
        assert!(map.is_empty() && freed < MOST, "{freed}");
    }

    /// Nor do a waker and the receiving.
    #[test]
    fn a_watch_is_two_allocations_and_its_death_none() {
        super::warm_up();
        let queue = DeathQueue::<_, Here>::default();
        let (watched, forgotten) = (owner(1), owner(2));
        let mut watch = None;
        let used = allocations(|| watch = Some(queue.watch(&watched, [1_u8; 100])));
        assert_eq!(used.0, 2);
        let used = allocations(|| queue.watch(&forgotten, [2; 100]).forget());
        assert_eq!(used.0, 2);
        let mut cx = Context::from_waker(Waker::noop());
        let mut future = queue.recv_async();
        assert!(Pin::new(&mut future).poll(&mut cx).is_pending());
        let (used, left) = allocations(|| {
            drop(watched);
            drop(forgotten);
            assert_eq!(Pin::new(&mut future).poll(&mut cx), Poll::Ready(Some([1; 100])));
            assert_eq!(queue.try_recv(), Some([2; 100]));
            watch = None;
        });
        assert_eq!(used, 0);
        assert!(left < -400, "{left} bytes, of the two nodes and links");
    }

    /// A call that finds its value allocates nothing, as does one that joins a flight again; those
    /// that are dropped give back what they have.
    #[test]
    fn calls_that_wait_for_a_value_give_everything_back() {
        super::warm_up();
        let map = WeakValueMap::<u32, Obj<u32>>::new();
        let other = owner(7);
        map.insert(2, &other);
        let mut cx = Context::from_waker(Waker::noop());
        let mut hit = Box::pin(map.get_or_insert_with_async(2, async { unreachable!() }));
        let mut found = None;
        let used = allocations(|| match hit.as_mut().poll(&mut cx) {
            Poll::Ready(value) => found = Some(value),
            Poll::Pending => panic!("it is there"),
        });
        assert_eq!(used, (0, 0));
        assert!(Ptr::ptr_eq(&found.unwrap(), &other));
        // The shard keeps room for a flight, from the first one on.
        drop(map.get_or_insert_with(1, || owner(1)));
        for is_made in [true, false] {
            let is_ready = Cell::new(false);
            let make = std::future::poll_fn(|_| {
                if is_ready.get() { Poll::Ready(owner(1)) } else { Poll::Pending }
            });
            let (_, left) = allocations(|| {
                let mut maker = Box::pin(map.get_or_insert_with_async(1, make));
                assert!(maker.as_mut().poll(&mut cx).is_pending());
                let mut calls: Vec<_> = (0..20)
                    .map(|_| Box::pin(map.get_or_insert_with_async(1, async { owner(2) })))
                    .collect();
                for call in &mut calls {
                    assert!(call.as_mut().poll(&mut cx).is_pending());
                }
                let used = allocations(|| {
                    for call in &mut calls {
                        assert!(call.as_mut().poll(&mut cx).is_pending());
                    }
                });
                assert_eq!(used, (0, 0));
                calls.truncate(10);
                is_ready.set(is_made);
                if is_made {
                    assert!(maker.as_mut().poll(&mut cx).is_ready());
                    assert!(calls.iter_mut().all(|call| call.as_mut().poll(&mut cx).is_ready()));
                }
                drop(maker);
                drop(calls);
            });
            assert_eq!((left, map.len()), (0, 1));
        }
    }

    #[test]
    fn queues_and_watches_give_everything_back() {
        super::warm_up();
        for is_dropped in [false, true] {
            let (_, left) = allocations(|| {
                let queue = DeathQueue::<_, Here>::default();
                let objects = [(); 10].map(|()| owner(7));
                let watches = objects.each_ref().map(|object| queue.watch(object, Box::new(1)));
                for object in &objects {
                    queue.watch(object, Box::new(2)).forget();
                }
                drop(is_dropped.then(|| queue.recv_async()));
                if is_dropped {
                    drop(queue);
                    drop(objects);
                } else {
                    drop(objects);
                    assert_eq!(queue.len(), 20);
                    assert_eq!(queue.drain().take(5).count(), 5);
                }
                drop(watches);
            });
            assert_eq!(left, 0);
        }
    }

    #[test]
    fn a_future_of_a_death_is_two_allocations_and_the_death_none() {
        super::warm_up();
        let object = owner(7);
        let weak = WeakRef::new(&object);
        let mut cx = Context::from_waker(Waker::noop());
        let mut died = None;
        assert_eq!(allocations(|| died = Some(weak.died())), (0, 0));
        let mut poll = || Pin::new(died.as_mut().unwrap()).poll(&mut cx).is_ready();
        assert_eq!(allocations(|| assert!(!poll())).0, 2);
        assert_eq!(allocations(|| assert!(!poll())).0, 0);
        let (used, left) = allocations(|| {
            drop(object);
            assert!(poll());
        });
        assert_eq!(used, 0);
        assert!(left < 0, "{left} bytes, of the callback");
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

    #[test]
    fn a_finalizer_is_one_allocation() {
        super::warm_up();
        let object = owner(7);
        let captured = [1_u8; 100];
        let mut kept = None;
        let function = move || assert_eq!(captured[0], 1);
        let used = allocations(|| kept = Some(finalize(&object, function)));
        assert_eq!(used.0, 1);
        let used = allocations(|| {
            drop(kept.clone());
            assert!(kept.as_ref().is_some_and(|one| one.peek(|_, _| ()).is_some()));
            drop(object);
        });
        assert_eq!(used.0, 0, "neither a clone nor a look nor the death needs any");
    }

    /// Whatever it has been set to, and though it has been called.
    #[test]
    fn a_finalizer_keeps_its_memory_until_its_last_handle_goes() {
        super::warm_up();
        let object = owner(7);
        let finalizer = finalize(&object, || ());
        finalizer.set_atexit(false);
        let clone = finalizer.clone();
        assert_eq!(finalizer.call(), Some(()));
        assert_eq!(allocations(|| drop(clone)), (0, 0));
        assert!(!finalizer.is_alive());
        let (_, left) = allocations(|| drop(finalizer));
        assert!(left < 0);
    }

    #[test]
    fn finalizers_give_everything_back() {
        super::warm_up();
        let (_, left) = allocations(|| {
            let object = owner(7);
            let text = || String::from("owned by the function");
            let all = [(); 10].map(|()| (text(), text()));
            for (number, (one, other)) in all.into_iter().enumerate() {
                let one = finalize(&object, move || one);
                let other = finalize_on(&*object, move || other);
                match number % 5 {
                    0 => drop((one.call(), other.call())),
                    1 => drop((one.detach(), other.detach())),
                    2 => drop((one.guard(), other.guard())),
                    3 => {
                        one.peek(|_, _| ());
                        other.set_atexit(false);
                    }
                    _ => drop((one.clone(), other.clone())),
                }
            }
            drop(object);
        });
        assert_eq!(left, 0);
    }

    #[test]
    fn a_census_has_two_allocations_for_an_object_and_its_death_none() {
        super::warm_up();
        let (used, left) = allocations(|| {
            let mut census = Census::<Obj<i32>>::new();
            assert_eq!(allocations(|| census = Census::new()), (0, 0));
            // The first one makes the list.
            let first = owner(7);
            census.register(&first);
            let object = owner(7);
            let used = allocations(|| census.register(&object));
            assert_eq!(used.0, 2);
            assert!((1..=250).contains(&used.1), "{} bytes", used.1);
            assert_eq!(allocations(|| drop(object)).0, 0);
        });
        assert!(used > 0);
        assert_eq!(left, 0);
    }

    type Adds = dyn Fn(&Obj<u32>, u32) -> u32;

    fn add(object: &Obj<u32>, number: u32) -> u32 {
        **object + number
    }

    #[test]
    fn a_method_without_callback_allocates_nothing() {
        super::warm_up();
        let (object, function): (_, Ptr<Obj<Adds>>) = (owner(7), Ptr::new(Slotted::new(add)));
        let used = allocations(|| {
            let owned = WeakMethod::new(&object, add);
            let compared: WeakMethod<_, fn(&Obj<u32>, u32) -> u32, _> =
                WeakMethod::comparing(&object, add);
            let weakly = WeakMethod::with_weak_fn(&object, &function);
            assert_eq!((owned.call((1,)), compared.call((2,)), weakly.call((3,))), (8, 9, 10));
            assert_eq!((owned.try_call((1,)), weakly.try_call((1,))), (Ok(8), Ok(8)));
            assert!(owned.upgrade() == owned.clone().upgrade() && owned == owned.clone());
            assert_eq!(weakly.upgrade().map(|bound| bound.call((4,))), Some(11));
            assert_eq!(weakref_count(&object), 1);
        });
        assert_eq!(used, (0, 0));
    }

    /// An owned key is made only for an insertion, and goes with its entry.
    #[test]
    fn the_entry_of_a_borrowed_key_that_is_there_allocates_nothing() {
        super::warm_up();
        let key = "a key that is not short enough to be anywhere but in an allocation";
        let map = WeakValueMap::<String, Obj<i32>>::new();
        let object = owner(7);
        map.insert(key.to_owned(), &object);
        let used = allocations(|| {
            assert_eq!(**map.entry_ref(key).or_insert_with(|| unreachable!()), 7);
            assert_eq!(**map.entry_ref(key).or_insert_with_key(|_| unreachable!()), 7);
            assert_eq!(**map.entry_ref(key).and_modify(|_| ()).or_insert(object.clone()), 7);
            assert!(matches!(map.entry_ref("missing"), Entry::Vacant(_)));
            let hash = std::hash::BuildHasher::hash_one(map.hasher(), key);
            assert!(map.get_by_hash(hash, |there| there == key).is_some());
        });
        assert_eq!(used, (0, 0));
        let used = allocations(|| {
            let Entry::Occupied(entry) = map.entry_ref(key) else { unreachable!() };
            assert!(entry.remove().is_some());
        });
        assert_eq!(used.0, 0, "neither does a removal make a key");
        // The map gives its table back with its last entry.
        map.reserve(10);
        let used = allocations(|| {
            let Entry::Vacant(entry) = map.entry_ref(key) else { unreachable!() };
            assert_eq!(**entry.insert(object.clone()), 7);
        });
        assert_eq!(used, (1, i64::try_from(key.len()).unwrap()));
    }

    /// A function as a referent.
    type Function = Obj<fn(&Obj<i32>) -> i32>;

    #[test]
    fn a_method_with_a_callback_is_two_allocations_or_four() {
        super::warm_up();
        let (object, function): (_, Ptr<Function>) = (owner(7), owner(|n| **n));
        let mut one = None;
        let callback = |method: &WeakMethod<_, _>| assert!(method.is_dead());
        let used = allocations(|| {
            one = Some(WeakMethod::with_callback(&object, |n: &Obj<i32>| **n, callback));
        });
        assert_eq!(used.0, 2);
        // The object's first registration, again.
        one = None;
        let mut both = None;
        let callback = |method: &WeakMethod<_, _, ByWeak>| assert!(method.is_dead());
        let used = allocations(|| {
            both = Some(WeakMethod::with_weak_fn_and_callback(&object, &function, callback));
        });
        assert_eq!(used.0, 4);
        let used = allocations(|| {
            drop(both.clone());
            assert_eq!(both.as_ref().map(|method| method.call(())), Some(7));
            drop(function);
            drop(object);
        });
        assert_eq!(used.0, 0, "neither a clone nor a call nor a death needs any");
        drop((one, both));
    }

    /// Also that nothing keeps itself, whoever goes first.
    #[test]
    fn methods_give_everything_back() {
        super::warm_up();
        for first in 0..3 {
            let (_, left) = allocations(|| {
                let (object, function): (_, Ptr<Function>) = (owner(7), owner(|n| **n));
                let text = || String::from("owned by function or callback");
                let (in_function, in_callback, in_other) = (text(), text(), text());
                let function_of_two = move |_: &Obj<i32>| in_function.len();
                let one = WeakMethod::with_callback(
                    &object,
                    function_of_two,
                    move |_: &WeakMethod<_, _>| drop(in_callback),
                );
                let both = WeakMethod::with_weak_fn_and_callback(
                    &object,
                    &function,
                    move |_: &WeakMethod<_, _, ByWeak>| drop(in_other),
                );
                let clones = (one.clone(), both.clone());
                match first {
                    0 => drop((object, one, function, clones, both)),
                    1 => drop((function, both, one, object, clones)),
                    _ => drop((one, both, clones, function, object)),
                }
            });
            assert_eq!(left, 0);
        }
    }

    #[test]
    fn a_keyed_reference_is_one_allocation() {
        super::warm_up();
        let object = owner(7);
        let captured = [1_u8; 100];
        let mut kept = None;
        let callback = move |_: &KeyedRef<[u8; 200], _>| assert_eq!(captured[0], 1);
        let used = allocations(|| kept = Some(KeyedRef::new(&object, [2; 200], callback)));
        assert_eq!(used.0, 1);
        let used = allocations(|| {
            let kept = kept.as_mut().unwrap();
            assert_eq!(kept.set_key([3; 200]).map(|key| key[0]), Ok(2));
            assert!(kept.upgrade().is_some() && kept.key()[0] == 3);
            drop(kept.downgrade());
            drop(object);
            assert_eq!(kept.key()[0], 3);
        });
        assert_eq!(used.0, 0, "neither a key nor a look nor the death needs any");
    }

    #[test]
    fn keyed_references_give_everything_back() {
        super::warm_up();
        let (_, left) = allocations(|| {
            let object = owner(7);
            let text = || String::from("owned");
            let register = || {
                let captured = text();
                KeyedRef::new(&object, text(), move |_: &KeyedRef<String, _>| drop(captured))
            };
            let (mut first, second, third) = (register(), register(), register());
            drop(first.set_key(text()));
            second.detach();
            drop(third);
            drop(object);
            drop(first.set_key(text()));
        });
        assert_eq!(left, 0);
    }

    type AnyLength = dyn Fn(usize, &str) -> usize;

    #[test]
    fn a_call_of_a_function_through_a_proxy_allocates_nothing() {
        super::warm_up();
        let function: Ptr<Obj<AnyLength>> =
            Ptr::new(Slotted::new(|n: usize, text: &str| text.len() + n));
        let used = allocations(|| {
            let proxy: CallableProxy<AnyLength, Here> = Proxy::new(&function);
            assert_eq!((proxy.call((1, "text")), proxy.try_call((2, ""))), (5, Ok(2)));
        });
        assert_eq!(used, (0, 0));
    }

    /// What has been called or taken back cannot leave the slot of a value without an owner, but
    /// goes when it is in the way.
    #[test]
    fn slow_a_slot_does_not_grow_with_what_has_come_and_gone() {
        super::warm_up();
        let value = Obj::<i32>::new(7);
        let alive = [(); 3].map(|()| finalize_on(&value, || ()));
        let (_, left) = allocations(|| {
            for _ in 0..100_000 {
                assert!(finalize_on(&value, || ()).detach().is_some());
            }
        });
        assert!(left < 2_000, "{left} bytes");
        drop(alive);

        // A single one, whose place the next one takes: no list.
        let value = Obj::<i32>::new(7);
        finalize_on(&value, || ()).detach();
        let used = allocations(|| drop(finalize_on(&value, || ()).detach()));
        assert_eq!(used, (1, 0));

        let object = owner(7);
        let (_, left) = allocations(|| {
            for _ in 0..100_000 {
                assert!(finalize(&object, || ()).call().is_some());
            }
        });
        assert_eq!(left, 0);
        let (_, left) = allocations(|| drop(value));
        assert!(left < 0);
    }

    #[derive(Weakrefable)]
    struct Items(WeakSlot<Here>);

    impl IntoIterator for &Items {
        type Item = i32;
        type IntoIter = std::ops::Range<i32>;

        fn into_iter(self) -> Self::IntoIter {
            0..3
        }
    }

    /// However its entries leave.
    #[test]
    fn an_empty_container_allocates_nothing() {
        super::warm_up();
        // On a machine that runs 64 threads at a time, a container that has grown has 256 shards.
        weakref_core::__private::force_parallelism(NonZero::new(64));
        let key = owner(7);
        drop(WeakSet::from([key.clone()]));
        let used = allocations(|| {
            let map = WeakValueMap::<u8, Obj<i32>>::new();
            assert!(map.get(&7).is_none() && map.remove(&7).is_none() && map.pop().is_none());
            map.retain(|_, _| unreachable!());
            map.for_each(|_, _| unreachable!());
            map.clear();
            map.shrink_to_fit();
            assert_eq!((map.len(), map.iter().len(), map.capacity()), (0, 0, 0));
            drop(map.clone());
            drop(WeakValueMap::<u8, Obj<i32>>::with_shards(16));
        });
        assert_eq!(used, (0, 0));
        macro_rules! assert_nothing {
            ($($new:expr, |$empty:ident| $lookup:expr, $visit:expr;)*) => {$(
                let used = allocations(|| {
                    let $empty = $new;
                    assert!($lookup && $empty.is_empty() && $empty.pop().is_none());
                    $visit;
                    $empty.clear();
                    $empty.shrink_to_fit();
                    let sizes = ($empty.len(), $empty.iter().len(), $empty.capacity());
                    assert_eq!(sizes, (0, 0, 0));
                    drop($empty.clone());
                });
                assert_eq!(used, (0, 0), stringify!($new));
            )*};
        }
        assert_nothing! {
            WeakKeyMap::<Obj<i32>, u8>::new(),
                |map| map.get(&*key).is_none(), map.for_each(|_, _| unreachable!());
            PtrWeakKeyMap::<Obj<i32>, u8>::new(),
                |map| map.get(&key).is_none(), map.for_each(|_, _| unreachable!());
            WeakWeakMap::<Obj<i32>, Obj<u8>>::new(),
                |map| map.get(&*key).is_none(), map.for_each(|_, _| unreachable!());
            PtrWeakWeakMap::<Obj<i32>, Obj<u8>>::new(),
                |map| map.get(&key).is_none(), map.for_each(|_, _| unreachable!());
            WeakSet::<Obj<i32>>::new(),
                |set| set.get(&*key).is_none(), set.for_each(|_| unreachable!());
            PtrWeakSet::<Obj<i32>>::new(),
                |set| set.get(&key).is_none(), set.for_each(|_| unreachable!());
        }
        weakref_core::__private::force_parallelism(None);
    }

    #[test]
    fn a_small_container_has_one_shard_and_one_table() {
        super::warm_up();
        weakref_core::__private::force_parallelism(NonZero::new(64));
        let elements = [1, 2, 3].map(owner);
        let set = PtrWeakSet::new();
        let (count, bytes) = allocations(|| {
            for element in &elements {
                assert!(set.insert(element));
            }
        });
        assert!(count <= 2 && bytes <= 320, "{count} allocations, {bytes} bytes");
        // What has been cleared keeps no more than that, and needs nothing new.
        set.clear();
        let used = allocations(|| {
            assert!(set.is_empty() && !set.contains(&elements[0]));
            set.for_each(|_| unreachable!());
            set.clear();
        });
        assert_eq!(used, (0, 0));
        assert!(set.insert(&elements[0]));
        assert!(allocations(|| drop(set)).1 < 0);
        weakref_core::__private::force_parallelism(None);
    }

    #[test]
    fn a_map_gives_everything_back() {
        type Map = WeakValueMap<u32, Obj<u32>>;
        type Leave = fn(&Map, Ptr<Obj<u32>>) -> Option<Ptr<Obj<u32>>>;

        super::warm_up();
        let leaves: [Leave; 4] = [
            |_, object| {
                drop(object);
                None
            },
            |_, object| {
                clear_weakrefs(&object);
                Some(object)
            },
            |map, object| {
                assert!(map.remove(&1).is_some());
                Some(object)
            },
            // With the map, and it may be that only the death ends its registration.
            |_, object| Some(object),
        ];
        for (number, leave) in leaves.iter().enumerate() {
            let run = || {
                let map = Map::new();
                let object = owner(7);
                map.insert(1, &object);
                let object = leave(&map, object);
                drop(map);
                drop(object);
            };
            run();
            assert_eq!(allocations(run).1, 0, "{number}");
        }
    }

    #[test]
    fn a_map_of_pairs_gives_everything_back() {
        super::warm_up();
        for number in 0..4 {
            let run = || {
                let map = PtrWeakWeakMap::new();
                let (key, value) = (owner(1), owner(2));
                map.insert(&key, &value);
                let mut owners = [Some(key), Some(value)];
                match number {
                    0 | 1 => owners[number] = None,
                    2 => map.clear(),
                    _ => {}
                }
                drop(map);
                drop(owners);
            };
            run();
            assert_eq!(allocations(run).1, 0, "{number}");
        }
    }

    #[test]
    fn a_proxy_allocates_nothing() {
        super::warm_up();
        let (number, state, list) = (owner(7_i64), owner(Cell::new(7_i64)), owner(vec![1, 2]));
        let items = Ptr::new(Items(WeakSlot::new()));
        let used = allocations(|| {
            let (p, mut q) = (Proxy::new(&number), Proxy::new(&state));
            assert_eq!((**p.get(), p.with(|number| **number)), (7, 7));
            assert!(p.try_get().is_ok() && p.clone().try_with(|_| ()).is_ok());
            assert_eq!((&p + 1, 10 - &p, &p * &p, -&p), (8, 3, 49, -7));
            assert!(p == 7 && p < 8 && p == p.clone());
            assert_eq!(i64::try_from(&p), Ok(7));
            q += 1;
            q *= &p;
            assert_eq!(q.get().get(), 56);
            assert_eq!(Proxy::new(&list).get().iter().sum::<i32>(), 3);
            assert_eq!(*ProxyGuard::map(Proxy::new(&list).get(), |list| &list[1]), 2);
            drop(ProxyGuard::into_owner(p.get()));
            assert!(Proxy::new(&items).into_iter().eq([0, 1, 2]));
            drop(p);
        });
        assert_eq!(used, (0, 0));
    }
}
