//! `on_removal`: who is told of what, and when.

use std::sync::{
    Mutex,
    atomic::{AtomicU32, Ordering::Relaxed},
};

use weakref_core::{RemovalCause, RemovalCause::*, clear_weakrefs};
use weakref_tests::{Log, OOPS, Tally, Unraisables, caught};

use super::{
    Ptr, Usable,
    harness::{
        Container, EntryMap, Filled, Pair, SameHash, SetOperation, ValueMap, assert_is, filled,
        item, log_removals, weak_half,
    },
};

for_kinds! {
    all:
    each_way_out_has_its_cause
    a_replacement_has_its_cause
    nobody_is_told_where_nothing_leaves
    the_entry_has_left_when_the_listener_is_called
    listeners_are_called_in_the_order_in_which_they_came
    a_listener_that_is_added_later_hears_of_what_leaves_later
    a_listener_may_insert_and_remove
    a_listener_may_add_listeners
    a_panic_of_a_listener_goes_to_the_hook
    neither_a_clone_nor_the_drop_of_the_container_is_told
    a_listener_that_drops_the_container
}
for_kinds! { maps: an_entry_tells_of_what_it_removes_and_replaces }
for_kinds! { sets: a_set_tells_of_what_an_operation_removes }

/// What a container tells when a whole entry with this name dies: a weak key is dead then.
fn died<C: Container>(name: u32) -> (Option<u32>, RemovalCause) {
    ((!C::WEAK_KEYS).then_some(name), Died)
}

fn each_way_out_has_its_cause<C: Container>() {
    type Remove<C> = fn(&C, &Pair);
    let removals: [Remove<C>; 7] = [
        |it, pair| drop(it.remove(&pair.0)),
        |it, pair| drop(it.remove_pair(&pair.0)),
        |it, pair| drop(it.entry_remove(&pair.0)),
        |it, pair| it.retain(Box::new(|key, _| key.name() != pair.0.name())),
        |it, pair| drop(it.extract(Box::new(|key, _| key.name() == pair.0.name())).next()),
        |it, pair| while it.pop().is_some_and(|popped| popped.0.name() != pair.0.name()) {},
        |it, _| drop(it.drain()),
    ];
    for (number, remove) in removals.into_iter().enumerate() {
        let Filled { it, mut pairs } = filled::<C>(3);
        let log = log_removals(&*it);
        remove(&it, &pairs[1]);
        let mut told = log.take();
        told.sort_by_key(|told| told.0);
        match number {
            6 => assert_eq!(told, [0, 1, 2].map(|name| (Some(name), Removed))),
            5 => assert!(told.contains(&(Some(1), Removed)) && told.len() == 3 - it.len()),
            _ => {
                assert_eq!(told, [(Some(1), Removed)]);
                drop(pairs.pop());
                assert_eq!(log.take(), [died::<C>(2)]);
                clear_weakrefs(weak_half::<C>(&pairs[0]));
                assert_eq!(log.take(), [(Some(0), Died)]);
                pairs.clear();
                assert_eq!(log.take(), [], "they had left");
            }
        }
    }
    let Filled { it, pairs } = filled::<C>(10);
    let log = log_removals(&*it);
    it.clear();
    let mut told = log.take();
    told.sort_by_key(|told| told.0);
    assert!(told.into_iter().eq((0..10).map(|name| (Some(name), Cleared))));
    it.clear();
    drop(pairs);
    assert_eq!(log.take(), []);
}

fn a_replacement_has_its_cause<C: Container>() {
    type Replace<C> = fn(&C, &Pair);
    let replacements: [Replace<C>; 6] = [
        |it, (key, value)| drop(it.replace(key, value)),
        |it, (key, value)| drop(it.insert(key, value)),
        |it, (key, value)| drop(it.entry_insert(key, value)),
        |it, pair| it.update(vec![pair.clone()]),
        |it, pair| it.update_from(&C::collect_from(vec![pair.clone()])),
        |it, pair| it.or_assign(&C::collect_from(vec![pair.clone()])),
    ];
    // In a set, an element that is there already stays.
    for replace in replacements.into_iter().take(if C::IS_SET { 1 } else { 6 }) {
        let Filled { it, mut pairs } = filled::<C>(3);
        let log = log_removals(&*it);
        let old = pairs[1].1.clone();
        if !C::IS_SET {
            pairs[1].1 = item(7);
        }
        replace(&it, &pairs[1]);
        assert_eq!(log.take(), [(Some(1), Replaced)]);
        drop(old);
        assert_is(&C::clone(&it), &pairs);
        assert_eq!(log.take(), []);
    }
}

fn nobody_is_told_where_nothing_leaves<C: Container>() {
    let filled = filled::<C>(3);
    let Filled { it, pairs } = &filled;
    let log = log_removals(&**it);
    it.get_or_make(&pairs[0].0, || unreachable!());
    it.or_insert(&pairs[1].0, &pairs[1].1);
    it.change(&pairs[1].0, &pairs[1].1);
    it.remove(&item(9));
    it.retain(Box::new(|_, _| true));
    assert_eq!(it.extract(Box::new(|_, _| false)).count(), 0);
    it.shrink_to_fit();
    assert_eq!(log.take(), []);
    filled.assert_untouched();
}

fn the_entry_has_left_when_the_listener_is_called<C: Container + Usable>() {
    let Filled { it, pairs } = filled::<C>(3);
    let (log, this) = (Log::default(), Ptr::downgrade(&it));
    let notes = log.clone();
    it.on_removal(move |key, _| {
        let this = this.upgrade().unwrap();
        assert!(key.upgrade().is_none_or(|key| !this.contains(&key)));
        notes.put(this.len());
    });
    it.remove(&pairs[0].0);
    drop(pairs);
    assert_eq!(log.take(), [2, 1, 0]);
}

fn listeners_are_called_in_the_order_in_which_they_came<C: Container>() {
    let Filled { it, pairs } = filled::<C>(2);
    let log = Log::default();
    for name in ["first", "second", "third"] {
        let log = log.clone();
        it.on_removal(move |_, _| log.put(name));
    }
    it.remove(&pairs[0].0);
    assert_eq!(log.take(), ["first", "second", "third"]);
    drop(pairs);
    assert_eq!(log.take(), ["first", "second", "third"]);
}

fn a_listener_that_is_added_later_hears_of_what_leaves_later<C: Container>() {
    let Filled { it, pairs } = filled::<C>(2);
    it.remove(&pairs[0].0);
    let log = log_removals(&*it);
    assert_eq!(log.take(), []);
    drop(pairs);
    assert_eq!(log.take(), [died::<C>(1)]);
}

fn a_listener_may_insert_and_remove<C: Container + Usable>() {
    for cause in [Died, Removed, Replaced, Cleared] {
        let Filled { it, mut pairs } = filled::<C>(4);
        let (this, new) = (Ptr::downgrade(&it), C::pair(9));
        let (calls, log) = (AtomicU32::new(0), Log::default());
        let inserted = Mutex::new(Some(new.clone()));
        let notes = log.clone();
        it.on_removal(move |_, _| {
            // It is told of what it does itself.
            let call = calls.fetch_add(1, Relaxed);
            if let (0, Some(it)) = (call, this.upgrade()) {
                let (key, value) = &inserted.lock().unwrap().take().unwrap();
                notes.put(it.insert(key, value).is_some());
                notes.put(it.replace(key, value).is_some());
                notes.put(it.remove(key).is_some());
                notes.put(it.insert(key, value).is_some());
                notes.put(calls.load(Relaxed) == 3);
            }
        });
        match cause {
            Died => drop(pairs.pop()),
            Removed => drop(it.remove(&pairs.pop().unwrap().0)),
            Replaced => drop(it.replace(&pairs[3].0, &pairs[3].1)),
            Cleared => {
                it.clear();
                pairs.clear();
            }
        }
        assert_eq!(log.take(), [false, true, true, false, true], "{cause:?}");
        if cause != Cleared {
            pairs.push(new);
        }
        let left: Vec<_> = it.pairs();
        assert_eq!(left.len(), pairs.len());
        drop((left, pairs));
        assert!(it.is_empty());
    }
}

fn a_listener_may_add_listeners<C: Container + Usable>() {
    let Filled { it, pairs } = filled::<C>(3);
    let (log, this) = (Log::default(), Ptr::downgrade(&it));
    let notes = log.clone();
    it.on_removal(move |_, _| {
        let notes = notes.clone();
        this.upgrade().unwrap().on_removal(move |_, cause| notes.put(cause));
    });
    it.remove(&pairs[0].0);
    assert_eq!(log.take(), [], "from now on");
    it.remove(&pairs[1].0);
    assert_eq!(log.take(), [Removed]);
    drop(pairs);
    assert_eq!(log.take(), [Died; 2]);
}

fn a_panic_of_a_listener_goes_to_the_hook<C: Container>() {
    let unraisables = Unraisables::listen();
    let Filled { it, mut pairs } = filled::<C>(5);
    it.on_removal(|_, _| panic!("{OOPS}"));
    let log = log_removals(&*it);
    assert_eq!(caught(|| drop(pairs.pop())), Ok(()));
    assert_eq!(unraisables.messages(), [OOPS]);
    let removed = it.remove(&pairs[3].0);
    assert!(removed.is_some_and(|value| Ptr::ptr_eq(&value, &pairs[3].1)), "it is returned");
    let replaced = it.replace(&pairs[2].0, &pairs[2].1);
    assert!(replaced.is_some_and(|value| Ptr::ptr_eq(&value, &pairs[2].1)));
    assert_eq!(caught(|| it.clear()), Ok(()));
    assert_eq!(unraisables.messages(), [OOPS; 5]);
    assert_eq!(log.take().len(), 6, "the other listener is called all the same");
    assert!(it.is_empty());
}

fn neither_a_clone_nor_the_drop_of_the_container_is_told<C: Container>() {
    let Filled { it, pairs } = filled::<C>(3);
    let (log, tally) = (log_removals(&*it), Tally::default());
    let token = tally.token();
    it.on_removal(move |_, _| {
        let _ = &token;
    });
    let (clone, both) = (C::clone(&it), it.or(&it));
    clone.remove(&pairs[0].0);
    both.clear();
    assert_eq!((log.take(), tally.count()), (vec![], 1));
    drop(it);
    assert_eq!(tally.count(), 0, "the listener goes with the container");
    drop(pairs);
    assert_eq!(log.take(), []);
    assert!(clone.is_empty());
}

fn a_listener_that_drops_the_container<C: Container + Usable>() {
    let Filled { it, pairs } = filled::<C>(3);
    let shelf = Log::<Ptr<C>>::default();
    let holder = shelf.clone();
    it.on_removal(move |_, _| drop(holder.take()));
    shelf.put(it);
    drop(pairs);
    assert_eq!(shelf.take().len(), 0);
}

fn an_entry_tells_of_what_it_removes_and_replaces<C: EntryMap>() {
    let Filled { it, pairs } = filled::<C>(3);
    let (log, new) = (log_removals(&*it), item(7));
    let (key, _) = &pairs[1];
    drop(it.entry(key).insert_entry(new.clone()));
    drop(it.occupied(key).insert(new.clone()));
    drop(it.occupied(key).remove());
    let vacant = it.vacant(key);
    it.insert(key, &pairs[1].1);
    drop(vacant.insert(new.clone()));
    drop(it.occupied(key).remove_entry());
    let causes = [Replaced, Replaced, Removed, Replaced, Removed];
    assert_eq!(log.take(), causes.map(|cause| (Some(1), cause)));
}

fn a_set_tells_of_what_an_operation_removes<C: Container>() {
    use SetOperation::*;
    let Filled { it, pairs } = filled::<C>(6);
    let (log, one) = (log_removals(&*it), C::collect_from(pairs[1..2].to_vec()));
    it.combine(&one, Difference);
    assert_eq!(log.take(), [(Some(1), Removed)]);
    it.combine(&one, Union);
    it.combine(&one, SymmetricDifference);
    assert_eq!(log.take(), [(Some(1), Removed)]);
    it.combine(&C::collect_from(pairs[3..].to_vec()), Intersection);
    let mut told = log.take();
    told.sort_by_key(|told| told.0);
    assert_eq!(told, [(Some(0), Removed), (Some(2), Removed)]);
}

/// Keys that the map owns cannot be shown while a visitor borrows them.
#[test]
fn a_key_that_is_looked_at_is_told_of_afterwards() {
    let Filled { it: map, pairs } = filled::<ValueMap<SameHash>>(3);
    let older = log_removals(&*map);
    let newer = std::cell::RefCell::new(None);
    map.for_each(|key, _| {
        if key.name() == 1 {
            map.remove(key);
            assert_eq!(older.take(), [], "its key is in use");
            newer.replace(Some(log_removals(&*map)));
        }
    });
    let newer = newer.take().unwrap();
    assert_eq!(older.take(), [(Some(1), Removed)]);
    assert_eq!(newer.take(), [], "it came after the removal");
    drop(pairs);
    let mut told = [older.take(), newer.take()];
    for told in &mut told {
        told.sort_by_key(|told| told.0);
    }
    assert_eq!(told, [[(Some(0), Died), (Some(2), Died)], [(Some(0), Died), (Some(2), Died)]]);
}
