//! Maps with weak keys and values: pairs of which one half is dead, or that are one object.

use std::{collections::BTreeMap, sync::Mutex};

use weakref_core::{
    RemovalCause::*, WeakRef, clear_weakrefs, clear_weakrefs_silently, weakref_count,
};
use weakref_tests::{Log, Numbers, rounds};

use super::{
    Action, Ptr, Usable,
    harness::{
        Container, Filled, Item, Owner, PairMap, assert_is, assert_unregistered, counts, filled,
        item, item_with_field, item_with_on_drop, items, log_removals, move_out, names,
    },
};

for_kinds! {
    pair_maps:
    other_registrations_of_the_survivor_stay
    key_and_value_are_one_object
    clear_weakrefs_of_an_object_that_is_key_and_value
    what_a_listener_puts_back_under_an_object_that_is_key_and_value_stays
    a_key_that_is_the_value_of_another
    a_replaced_value_is_registered_no_more_and_the_key_once
    key_and_value_die_in_one_drop
    one_half_owns_the_other
    halves_that_die_in_each_others_callbacks
    pop_discards_pairs_of_which_either_half_is_dead
    a_pair_of_which_either_half_has_moved_out_is_nowhere
    a_new_value_in_the_place_of_one_that_has_moved_out
    objects_that_are_keys_and_values_do_what_a_model_does
}

fn other_registrations_of_the_survivor_stay<C: Container>() {
    let (one, two) = (C::default(), C::default());
    let [key, value, other] = [item(1), item(2), item(3)];
    one.insert(&key, &value);
    two.insert(&key, &other);
    let set = super::harness::Set::<std::hash::RandomState>::from([key.clone()]);
    let log = Log::default();
    let _watch = WeakRef::with_callback(&key, log.call("called"));
    assert_eq!(weakref_count(&key), 4);
    drop(value);
    assert_eq!(weakref_count(&key), 3);
    assert_is(&one, []);
    assert_is(&two, [&(key.clone(), other.clone())]);
    assert!(set.contains(&*key) && log.take().is_empty());
    drop(key);
    assert_eq!(log.take(), ["called"]);
    assert!(two.is_empty() && set.is_empty() && weakref_count(&other) == 0);
}

fn twice(owner: &Owner) -> (Owner, Owner) {
    (owner.clone(), owner.clone())
}

fn key_and_value_are_one_object<C: Container>() {
    let (map, [one, two, other]) = (C::default(), [1, 2, 3].map(item));
    let log = log_removals(&map);
    map.insert(&one, &one);
    map.insert(&two, &two);
    assert_eq!(counts([&one, &two]), [2, 2]);
    assert!(Ptr::ptr_eq(&map.remove(&one).unwrap(), &one));
    assert_eq!(weakref_count(&one), 0);
    drop(two);
    assert_eq!(log.take(), [(Some(1), Removed), (None, Died)], "told of once");
    // Replaced by another value, and back.
    map.insert(&one, &one);
    map.insert(&one, &other);
    assert_eq!(counts([&one, &other]), [1, 1]);
    map.insert(&one, &one);
    assert_eq!(counts([&one, &other]), [2, 0]);
    map.replace(&one, &one);
    assert_eq!(weakref_count(&one), 2);
    assert_is(&C::clone(&map), [&twice(&one)]);
    drop(map);
    assert_eq!(weakref_count(&one), 0);
}

fn clear_weakrefs_of_an_object_that_is_key_and_value<C: Container>() {
    for clear in [clear_weakrefs::<Ptr<Item>>, clear_weakrefs_silently] {
        let Filled { it: map, pairs } = filled::<C>(2);
        let one = item(1000);
        map.insert(&one, &one);
        map.insert(&pairs[1].0, &one);
        map.insert(&one, &pairs[1].1);
        map.insert(&one, &one);
        let log = log_removals(&*map);
        clear(&one);
        assert_eq!(log.take().len(), 2, "told of each once");
        assert_eq!(counts([&one, &pairs[1].0, &pairs[1].1]), [0, 0, 0]);
        assert_is(&*map, &pairs[..1]);
    }
}

fn what_a_listener_puts_back_under_an_object_that_is_key_and_value_stays<C: Container + Usable>() {
    let map = Ptr::new(C::default());
    let [one, other] = [item(1), item(2)];
    map.insert(&one, &one);
    let (inner, value) = (Ptr::downgrade(&map), Mutex::new(Some(other.clone())));
    map.on_removal(move |key, _| {
        let value = value.lock().unwrap().take();
        if let (Some(value), Some(key), Some(map)) = (value, key.upgrade(), inner.upgrade()) {
            map.insert(&key, &value);
        }
    });
    clear_weakrefs(&one);
    assert!(map.get(&one).is_some_and(|found| Ptr::ptr_eq(&found, &other)));
    assert_eq!(counts([&one, &other]), [1, 1]);
}

fn a_key_that_is_the_value_of_another<C: Container>() {
    let (map, [one, two, three]) = (C::default(), [1, 2, 3].map(item));
    map.insert(&one, &two);
    map.insert(&two, &three);
    map.insert(&three, &one);
    drop(two);
    assert_eq!(counts([&one, &three]), [1, 1]);
    assert_is(&map, [&(three.clone(), one.clone())]);
    drop(one);
    assert_eq!((map.len(), weakref_count(&three)), (0, 0));
}

fn a_replaced_value_is_registered_no_more_and_the_key_once<C: Container>() {
    let (map, key, values) = (C::default(), item(1), items(10..20));
    for value in &values {
        map.insert(&key, value);
        assert_eq!(counts([&key, value]), [1, 1]);
    }
    assert_eq!(counts(&values[..9]), [0; 9]);
    drop(key);
    assert_is(&map, []);
    assert_eq!(counts(&values), [0; 10]);
}

/// What owns the two of a pair. Their drops are one drop.
#[allow(dead_code)] // they are there to be dropped
struct Both {
    first: Owner,
    second: Owner,
}

fn key_and_value_die_in_one_drop<C: Container>() {
    for key_first in [true, false] {
        let filled = filled::<C>(2);
        let (key, value) = C::pair(7);
        filled.it.insert(&key, &value);
        let both = if key_first {
            Both { first: key, second: value }
        } else {
            Both { first: value, second: key }
        };
        assert_eq!(filled.it.len(), 3);
        drop(both);
        filled.assert_untouched();
    }
}

fn one_half_owns_the_other<C: Container>() {
    for key_owns in [true, false] {
        for make in [item_with_on_drop, item_with_field] {
            let filled = filled::<C>(2);
            let inner = item(7);
            let owned = inner.clone();
            let act: Action = Box::new(move || drop(owned));
            let outer = make(8, act);
            if key_owns {
                filled.it.insert(&outer, &inner);
            } else {
                filled.it.insert(&inner, &outer);
            }
            drop(inner);
            assert_eq!(filled.it.len(), 3);
            drop(outer);
            filled.assert_untouched();
        }
    }
}

fn halves_that_die_in_each_others_callbacks<C: Container>() {
    // The callback is newer than the map's registration: the other half dies before the map is notified.
    for newer in [true, false] {
        for key_first in [true, false] {
            let (map, (key, value)) = (C::default(), C::pair(1));
            let (doomed, other) = if key_first { (&key, &value) } else { (&value, &key) };
            let shelf = Ptr::new(Mutex::new(Some(other.clone())));
            if newer {
                map.insert(&key, &value);
            }
            let last = Ptr::clone(&shelf);
            let watch = WeakRef::with_callback(doomed, move |_| drop(last.lock().unwrap().take()));
            if !newer {
                map.insert(&key, &value);
            }
            if key_first {
                drop(value);
                drop(key);
            } else {
                drop(key);
                drop(value);
            }
            assert!(shelf.lock().unwrap().is_none());
            assert_is(&map, []);
            drop(watch);
        }
    }
}

fn pop_discards_pairs_of_which_either_half_is_dead<C: Container>() {
    let Filled { it: map, pairs } = filled::<C>(10);
    let (mut keys, mut values): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let moved_keys: Vec<_> = keys.drain(..4).map(move_out).collect();
    let moved_values: Vec<_> = values.drain(6..).map(move_out).collect();
    assert_eq!(map.len(), 10);
    let mut popped: Vec<_> = std::iter::from_fn(|| map.pop()).map(|pair| pair.0.name()).collect();
    popped.sort_unstable();
    assert_eq!((popped, map.len()), (vec![4, 5], 0));
    drop((moved_keys, moved_values));
    assert_is(&*map, []);
    assert_eq!((counts(&keys), counts(&values)), (vec![0; 6], vec![0; 6]));
}

fn a_pair_of_which_either_half_has_moved_out_is_nowhere<C: Container>() {
    for of_key in [true, false] {
        let Filled { it: map, mut pairs } = filled::<C>(3);
        let (key, value) = pairs.remove(1);
        let (moved, other) = if of_key { (key, value) } else { (value, key) };
        let moved = move_out(moved);
        assert_eq!(map.len(), 3, "it counts up to the drop");
        assert_eq!((map.pairs().len(), map.values().len()), (2, 2));
        assert_eq!((map.keys().len(), names(map.keys())), (2, vec![0, 2]));
        let asked = if of_key { item(1) } else { other.clone() };
        assert!(map.get(&asked).is_none() && !map.contains(&asked));
        drop(moved);
        assert_is(&*map, &pairs);
        assert_eq!(weakref_count(&other), 0);
    }
}

fn a_new_value_in_the_place_of_one_that_has_moved_out<C: Container>() {
    let (map, (key, value)) = (C::default(), C::pair(1));
    map.insert(&key, &value);
    let moved = move_out(value);
    let new = item(20);
    assert!(map.insert(&key, &new).is_none(), "what was there does not live");
    assert_eq!(map.len(), 1);
    drop(moved);
    assert_is(&map, [&(key.clone(), new.clone())]);
    assert_eq!(counts([&key, &new]), [1, 1]);
    let moved = move_out(new);
    let made = map.get_or_make(&key, || item(30));
    drop(moved);
    let pair = (key, made);
    assert_is(&map, [&pair]);
    map.clear();
    assert_unregistered::<C>([&pair]);
}

fn objects_that_are_keys_and_values_do_what_a_model_does<C: Container>() {
    for seed in 1..=rounds(100) {
        let mut chance = Numbers(seed * 104_729);
        let map = C::default();
        let mut owners: Vec<Option<Owner>> = vec![None; 12];
        // Which object stands under which.
        let mut model = BTreeMap::new();
        for _ in 0..100 {
            let (key, value) = (chance.below(12), chance.below(12));
            match (chance.below(6), owners[key].clone(), owners[value].clone()) {
                (0 | 1, None, _) => owners[key] = Some(item(u32::try_from(key).unwrap())),
                (0, Some(gone), other) => {
                    owners[key] = None;
                    drop(other);
                    drop(gone);
                    model.retain(|own, to| *own != key && *to != key);
                }
                (1 | 2, Some(one), Some(other)) => {
                    let old = map.insert(&one, &other).is_some();
                    assert_eq!(old, model.insert(key, value).is_some());
                }
                (3, Some(one), Some(other)) => {
                    let old = map.replace(&one, &other).is_some();
                    assert_eq!(old, model.insert(key, value).is_some());
                }
                (4, Some(one), _) => {
                    assert_eq!(map.remove(&one).is_some(), model.remove(&key).is_some());
                }
                _ => {}
            }
            assert_eq!(map.len(), model.len());
            let mut registered = [0; 12];
            for (key, value) in &model {
                registered[*key] += 1;
                registered[*value] += 1;
                let found = map.get(owners[*key].as_ref().unwrap()).unwrap();
                assert!(Ptr::ptr_eq(&found, owners[*value].as_ref().unwrap()));
            }
            for (owner, count) in owners.iter().zip(registered) {
                assert!(owner.as_ref().is_none_or(|owner| weakref_count(owner) == count));
            }
        }
    }
}

/// The one that was put back, and no other.
#[test]
fn what_a_listener_puts_back_where_hashes_collide_stays() {
    let map = Ptr::new(PairMap::<weakref_tests::SameHash>::default());
    let (keys, value) = (items(0..4), item(50));
    for key in &keys {
        map.insert(key, &value);
    }
    let (inner, again) = (Ptr::downgrade(&map), Ptr::downgrade(&value));
    let first = std::sync::atomic::AtomicBool::new(true);
    map.on_removal(move |key, _| {
        let first = first.swap(false, std::sync::atomic::Ordering::Relaxed);
        if let (true, Some(key), Some(map)) = (first, key.upgrade(), inner.upgrade()) {
            map.insert(&key, &again.upgrade().unwrap());
        }
    });
    clear_weakrefs(&value);
    // The entry, and the listener's own `Weak`.
    assert_eq!((map.len(), weakref_count(&value)), (1, 2));
    drop(value);
    assert_eq!((map.len(), counts(&keys)), (0, vec![0; 4]));
}

/// A value that was moved out of its pointer dies at the address of a key that is alive.
#[allow(unsafe_code)]
mod at_the_address_of_its_key {
    use std::{cell::UnsafeCell, mem::ManuallyDrop};

    use weakref_core::{PtrWeakWeakMap, WeakSlot, Weakrefable};

    use super::super::{Here, Ptr};

    #[derive(Weakrefable)]
    struct Value {
        /// So that an `Option` of it has no word of its own.
        _not_null: Box<()>,
        slot: WeakSlot<Here>,
    }

    #[derive(Weakrefable)]
    #[repr(C)]
    struct Key {
        /// At the address of the key. Never dropped with it.
        value: ManuallyDrop<UnsafeCell<Option<Value>>>,
        slot: WeakSlot<Here>,
    }

    // SAFETY: the tests use the cell from one thread.
    unsafe impl Sync for Key {}

    #[test]
    fn it_takes_no_other_entry_of_the_key() {
        let value = || Ptr::new(Value { _not_null: Box::default(), slot: WeakSlot::new() });
        let key = Ptr::new(Key { value: ManuallyDrop::default(), slot: WeakSlot::new() });
        let (first, second) = (value(), value());
        let map = PtrWeakWeakMap::new();
        map.insert(&key, &first);
        let first = Ptr::try_unwrap(first).ok();
        // SAFETY: nothing has a reference to the content of the cell.
        unsafe { *key.value.get() = first };
        assert_eq!(size_of::<Option<Value>>(), size_of::<Value>());
        map.insert(&key, &second);
        // SAFETY: as above. The drop of the value does not use the key.
        unsafe { *key.value.get() = None };
        assert_eq!(map.len(), 1);
        assert!(Ptr::ptr_eq(&map.get(&key).unwrap(), &second));
    }
}
