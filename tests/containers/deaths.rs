//! Objects that are dropped: when their entries go, and what may happen meanwhile.

use std::sync::Mutex;

use weakref_core::{
    RemovalCause::*, WeakRef, clear_weakrefs, clear_weakrefs_silently, finalize, weakref_count,
};
use weakref_tests::{Call, Leaks, Log, on, oops};

use super::{
    Action, Ptr, Usable,
    harness::{
        Container, DYING, Filled, Item, KeyMap, Owner, Pair, assert_is, assert_unregistered,
        filled, insert_weakly, item, item_with_field, item_with_on_drop, log_removals, move_out,
        move_out_weak_half, registrations, weak_half, weak_halves, weak_places,
    },
};

for_kinds! {
    all:
    b231_b265_b289_an_entry_goes_with_each_object_it_holds_weakly
    b380_the_container_goes_first_or_the_objects_do
    b380_a_container_dropped_by_the_death_of_its_object
    b379_an_entry_removed_in_the_middle_of_the_death
    b379_an_object_that_dies_after_its_entry_was_removed
    b240_b363_a_death_removes_its_own_entry_and_no_newer_one
    b238_b264_a_dying_object_is_not_found
    b306_a_container_that_its_own_object_owns
    b306_containers_that_stand_in_each_others_objects
    deaths_inside_deaths
    b337_what_has_left_its_pointer_counts_until_it_is_dropped
    an_object_in_a_new_pointer_is_another_object
    what_was_cleared_after_it_had_moved_is_forgotten
    clear_weakrefs_removes_the_entries_of_a_living_object
    what_a_callback_of_clear_weakrefs_puts_back_stays
    what_a_listener_of_clear_weakrefs_puts_back_stays
    b384_finalizers_that_call_each_other_may_use_the_container
    b036_registrations_are_notified_newest_first
    nothing_is_leaked
}
for_kinds! { of_one_hash: clear_weakrefs_in_the_search_that_inserts_the_object }
for_kinds! {
    weak_keys:
    a_clear_beside_an_equal_key_that_was_moved_out
    a_clear_beside_an_equal_key_that_was_moved_out_leaves_nothing
}
for_kinds! { model: b285_a_death_calls_neither_eq_nor_hash }

fn b231_b265_b289_an_entry_goes_with_each_object_it_holds_weakly<C: Container>() {
    let leaks = Leaks::watch();
    for which in 0..C::weak_count() {
        let Filled { it, mut pairs } = filled::<C>(10);
        let log = log_removals(&*it);
        while let Some(pair) = pairs.pop() {
            let other_owner = weak_half::<C>(&pair).clone();
            let mut halves = weak_halves::<C>(pair);
            drop(halves.remove(which));
            if which == 0 {
                assert_eq!(it.len(), pairs.len() + 1, "it has another owner");
            }
            drop(other_owner);
            let told = log.take();
            assert!(matches!(told[..], [(_, Died)]), "{told:?}");
            assert!(halves.iter().all(|half| weakref_count(half) == 0), "taken back at once");
            assert_is(&*it, &pairs);
            log.take();
        }
    }
    leaks.assert_none();
}

fn b380_the_container_goes_first_or_the_objects_do<C: Container>() {
    let leaks = Leaks::watch();
    let Filled { it, pairs } = filled::<C>(50);
    let clone = C::clone(&it);
    drop(it);
    assert_eq!(registrations::<C>(&pairs), 50 * C::weak_count());
    drop(clone);
    assert_unregistered::<C>(&pairs);
    drop(pairs);
    leaks.assert_none();
    let Filled { it, pairs } = filled::<C>(50);
    drop(pairs);
    leaks.assert_none();
    assert_is(&*it, []);
}

/// Something from which a callback can take a container.
type Shelf<C> = Ptr<Mutex<Option<Ptr<C>>>>;

fn b380_a_container_dropped_by_the_death_of_its_object<C: Container + Usable>() {
    for dying in DYING {
        // The callback is older than the container's registration, or newer.
        for newer in [false, true] {
            for as_key in weak_places::<C>() {
                let Filled { it, pairs } = filled::<C>(4);
                let shelf = Shelf::<C>::default();
                let take = Ptr::clone(&shelf);
                let take = move || drop(take.lock().unwrap().take());
                let (doomed, watch) = dying(Box::new(take.clone()));
                let other = insert_weakly(&*it, &doomed, as_key);
                let newer = newer.then(|| WeakRef::with_callback(&doomed, move |_| take()));
                *shelf.lock().unwrap() = Some(it);
                drop(doomed);
                assert!(shelf.lock().unwrap().is_none());
                assert_unregistered::<C>(&pairs);
                assert_eq!((weakref_count(&other), Ptr::strong_count(&other)), (0, 1));
                drop((watch, newer));
            }
        }
    }
}

fn b379_an_entry_removed_in_the_middle_of_the_death<C: Container + Usable>() {
    let Filled { it, mut pairs } = filled::<C>(3);
    let doomed = pairs.pop().unwrap();
    let (log, this) = (log_removals(&*it), Ptr::downgrade(&it));
    // Called before the container is notified, as it is the newer one.
    let watch = WeakRef::with_callback(weak_half::<C>(&doomed), move |_| {
        let this = this.upgrade().unwrap();
        assert_eq!(this.len(), 3);
        this.clear();
    });
    drop(doomed);
    assert!(watch.is_dead());
    let mut told: Vec<_> = log.take().into_iter().map(|told| told.1).collect();
    told.sort_by_key(|cause| *cause as u8);
    let mut expected = [Died, Cleared, Cleared];
    expected.sort_by_key(|cause| *cause as u8);
    assert_eq!(told, expected);
    assert_unregistered::<C>(&pairs);
    it.update(pairs.clone());
    assert_is(&*it, &pairs);
}

fn b379_an_object_that_dies_after_its_entry_was_removed<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(10);
    let doomed = pairs.split_off(5);
    for pair in &doomed {
        it.remove(&pair.0);
    }
    drop(doomed);
    assert_is(&*it, &pairs);
    let (key, value) = pairs.pop().unwrap();
    it.clear();
    // Under the name that it had.
    it.insert(&pairs[0].0, &pairs[0].1);
    let other = C::pair(4);
    it.insert(&other.0, &other.1);
    drop((key, value));
    assert_is(&*it, [&pairs[0], &other]);
}

fn b240_b363_a_death_removes_its_own_entry_and_no_newer_one<C: Container + Usable>() {
    // The object dies; before the container is notified, a new one is inserted for it.
    for which in 0..C::weak_count() {
        let (it, newer, old) = (Ptr::new(C::default()), C::pair(1), C::pair(1));
        it.insert(&old.0, &old.1);
        let (this, new, log) = (Ptr::downgrade(&it), newer.clone(), Log::default());
        let notes = log.clone();
        let mut halves = weak_halves::<C>(old);
        let doomed = halves.remove(which);
        let watch = WeakRef::with_callback(&doomed, move |_| {
            notes.put(this.upgrade().unwrap().insert(&new.0, &new.1).is_some());
        });
        drop(doomed);
        assert!(watch.is_dead());
        assert_eq!(log.take(), [false], "what was there is dead");
        drop(watch);
        assert_is(&*it, [&newer]);
    }
    // Memory is used again, so that new objects stand where old ones stood.
    let (it, mut pairs) = (C::default(), Vec::<Pair>::new());
    for round in 0..500 {
        let pair = C::pair(round);
        it.insert(&pair.0, &pair.1);
        pairs.push(pair);
        if round % 3 != 0 {
            let gone = pairs.swap_remove(round as usize % pairs.len());
            it.replace(&gone.0, &gone.1);
        }
        assert_eq!(it.len(), pairs.len());
    }
    assert_is(&it, &pairs);
}

fn b238_b264_a_dying_object_is_not_found<C: Container + Usable>() {
    // In a callback that is newer than the registration of the entry, and in its own drop.
    for dying in DYING {
        for as_key in weak_places::<C>() {
            let (it, log) = (Ptr::new(C::default()), Log::default());
            let (this, notes) = (Ptr::downgrade(&it), log.clone());
            let asked = item(9);
            let look = move || {
                let this = this.upgrade().unwrap();
                let found = (this.get(&asked).is_some(), this.contains(&asked));
                notes.put((found, this.pairs().len(), this.remove(&asked).is_some()));
            };
            let (doomed, watch) = dying(Box::new(look.clone()));
            let other = insert_weakly(&*it, &doomed, as_key);
            let newer = WeakRef::with_callback(&doomed, move |_| look());
            drop(doomed);
            drop((watch, newer, other));
            assert_eq!(log.take(), [((false, false), 0, false); 2]);
            assert_is(&*it, []);
        }
    }
}

fn b306_a_container_that_its_own_object_owns<C: Container + Usable>() {
    for late in [false, true] {
        for as_key in weak_places::<C>() {
            let it = Ptr::new(C::default());
            let (weak, inner) = (Ptr::downgrade(&it), Ptr::clone(&it));
            let act: Action = Box::new(move || {
                assert_eq!(inner.len(), 1, "only the other one is left");
                drop(inner);
            });
            let owner = if late { item_with_field(9, act) } else { item_with_on_drop(9, act) };
            let (half, other) = (insert_weakly(&*it, &owner, as_key), C::pair(1));
            it.insert(&other.0, &other.1);
            drop(it);
            assert_eq!(weak.upgrade().unwrap().len(), 2);
            drop(owner);
            assert!(weak.upgrade().is_none());
            assert_unregistered::<C>([&other]);
            drop(half);
        }
    }
}

fn b306_containers_that_stand_in_each_others_objects<C: Container + Usable>() {
    let [left, right] = [C::default(), C::default()].map(Ptr::new);
    let owning = |it: &Ptr<C>| {
        let it = Ptr::clone(it);
        item_with_field(9, Box::new(move || drop(it)))
    };
    let (one, two) = (owning(&left), owning(&right));
    let as_key = weak_places::<C>()[0];
    let halves = [insert_weakly(&*left, &two, as_key), insert_weakly(&*right, &one, as_key)];
    let weak = [Ptr::downgrade(&left), Ptr::downgrade(&right)];
    drop((left, right));
    drop(one);
    assert!(weak[0].upgrade().is_none() && weak[1].upgrade().unwrap().is_empty());
    drop(two);
    assert!(weak[1].upgrade().is_none());
    drop(halves);
}

fn deaths_inside_deaths<C: Container + Usable>() {
    // Each object owns the next one.
    let (it, as_key) = (C::default(), weak_places::<C>()[0]);
    let (mut first, mut others): (Option<Owner>, Vec<_>) = (None, Vec::new());
    for number in 0..50 {
        let next = first.take();
        let act: Action = Box::new(move || drop(next));
        let make = if number % 2 == 0 { item_with_on_drop } else { item_with_field };
        let owner = make(number, act);
        let other = item(number);
        if C::IS_SET || as_key {
            it.insert(&owner, if C::IS_SET { &owner } else { &other });
        } else {
            it.insert(&other, &owner);
        }
        others.push(other);
        first = Some(owner);
    }
    assert_eq!(it.len(), 50);
    drop(first);
    assert_is(&it, []);
}

fn b337_what_has_left_its_pointer_counts_until_it_is_dropped<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(6);
    let (moved, other) = move_out_weak_half::<C>(pairs.remove(1));
    let asked = item(1);
    assert_eq!(it.len(), 6);
    assert!(it.get(&asked).is_none() && it.get_pair(&asked).is_none() && !it.contains(&asked));
    assert!(it.remove(&asked).is_none());
    let mut shown = Vec::new();
    it.visit(&mut |key, _| shown.push(key.name()));
    shown.sort_unstable();
    assert_eq!(shown, [0, 2, 3, 4, 5]);
    assert_eq!((it.pairs().len(), it.values().len(), C::clone(&it).len()), (5, 5, 5));
    assert!(*it == C::clone(&it));
    drop((moved, other));
    assert_is(&*it, &pairs);
}

fn an_object_in_a_new_pointer_is_another_object<C: Container>() {
    let (it, pair) = (C::default(), C::pair(1));
    it.insert(&pair.0, &pair.1);
    let (moved, other) = move_out_weak_half::<C>(pair);
    let again = Ptr::new(moved);
    assert!(it.pairs().is_empty());
    let pair = match other {
        None => (again.clone(), again),
        Some(value) if C::WEAK_KEYS => (again, value),
        Some(key) => (key, again),
    };
    assert!(it.insert(&pair.0, &pair.1).is_none());
    assert_eq!(it.pairs().len(), 1);
    assert!(it.get(&pair.0).is_some_and(|value| Ptr::ptr_eq(&value, &pair.1)));
    drop(pair);
    assert_is(&it, []);
}

fn what_was_cleared_after_it_had_moved_is_forgotten<C: Container>() {
    let (it, pair) = (C::default(), C::pair(1));
    it.insert(&pair.0, &pair.1);
    let (moved, other) = move_out_weak_half::<C>(pair);
    let again = Ptr::new(moved);
    clear_weakrefs(&again);
    assert_eq!((it.len(), weakref_count(&again)), (0, 0));
    drop(other);
}

fn clear_weakrefs_removes_the_entries_of_a_living_object<C: Container>() {
    for clear in [clear_weakrefs::<Ptr<Item>>, clear_weakrefs_silently] {
        for which in 0..C::weak_count() {
            let one = filled::<C>(5);
            let two = C::clone(&one.it);
            let log = log_removals(&two);
            let doomed = &one.pairs[2];
            clear(&weak_halves::<C>(doomed.clone())[which]);
            assert_eq!(log.take(), [(Some(2), Died)]);
            assert_unregistered::<C>([doomed]);
            let left = || one.pairs.iter().filter(|pair| pair.0.name() != 2);
            assert_is(&*one.it, left());
            assert_is(&two, left());
            drop(two);
            // It can come back, and then goes when it dies.
            it_comes_back(&one, 2);
            one.assert_ends_empty();
        }
    }
}

fn it_comes_back<C: Container>(filled: &Filled<C>, which: usize) {
    let (key, value) = &filled.pairs[which];
    assert!(filled.it.insert(key, value).is_none());
    filled.assert_untouched();
}

fn what_a_callback_of_clear_weakrefs_puts_back_stays<C: Container + Usable>() {
    // Newer than the container's registration, and older.
    for newer in [false, true] {
        let (it, pair) = (Ptr::new(C::default()), C::pair(1));
        if newer {
            it.insert(&pair.0, &pair.1);
        }
        let (inner, again) = (Ptr::clone(&it), pair.clone());
        let watch = WeakRef::with_callback(weak_half::<C>(&pair), move |_| {
            inner.insert(&again.0, &again.1);
        });
        if !newer {
            it.insert(&pair.0, &pair.1);
        }
        clear_weakrefs(weak_half::<C>(&pair));
        drop(watch);
        assert_is(&*it, [&pair]);
        drop(pair);
        assert_is(&*it, []);
    }
}

fn what_a_listener_of_clear_weakrefs_puts_back_stays<C: Container + Usable>() {
    let (it, pair) = (Ptr::new(C::default()), C::pair(1));
    it.insert(&pair.0, &pair.1);
    let (inner, again) = (Ptr::downgrade(&it), Mutex::new(Some(pair.clone())));
    it.on_removal(move |_, _| {
        let again = again.lock().unwrap().take();
        if let (Some((key, value)), Some(it)) = (again, inner.upgrade()) {
            it.insert(&key, &value);
        }
    });
    clear_weakrefs(weak_half::<C>(&pair));
    assert_eq!(registrations::<C>([&pair]), C::weak_count());
    assert!(it.len() == 1 && it.contains(&pair.0));
    drop(pair);
    assert!(it.is_empty());
}

fn b384_finalizers_that_call_each_other_may_use_the_container<C: Container + Usable>() {
    let Filled { it, mut pairs } = filled::<C>(6);
    let remove = |name: u32| {
        let it = Ptr::clone(&it);
        move || it.retain(Box::new(|key, _| key.name() != name))
    };
    let (first, second) = (remove(0), remove(1));
    let last = finalize(weak_half::<C>(&pairs[5]), second);
    let outer = last.clone();
    let dying = finalize(weak_half::<C>(&pairs[4]), move || {
        first();
        outer.call();
        outer.call();
    });
    drop(pairs.remove(4));
    assert!(!dying.is_alive() && !last.is_alive());
    drop(pairs.remove(4));
    assert_is(&*it, &pairs[2..]);
}

fn b036_registrations_are_notified_newest_first<C: Container + Usable>() {
    let [first, second] = [C::default(), C::default()].map(Ptr::new);
    let (pair, log) = (C::pair(1), Log::default());
    let doomed = weak_half::<C>(&pair);
    let watch = |name: &'static str| {
        let (first, second, log) = (first.clone(), second.clone(), log.clone());
        WeakRef::with_callback(doomed, move |_| log.put((name, first.len(), second.len())))
    };
    let old = watch("old");
    first.insert(&pair.0, &pair.1);
    let middle = watch("middle");
    second.insert(&pair.0, &pair.1);
    let new = watch("new");
    drop(pair);
    assert_eq!(log.take(), [("new", 1, 1), ("middle", 1, 0), ("old", 0, 0)]);
    drop((old, middle, new));
}

fn nothing_is_leaked<C: Container>() {
    let leaks = Leaks::watch();
    let Filled { it, mut pairs } = filled::<C>(200);
    let each = if C::IS_SET { 1 } else { 2 };
    let clone = C::clone(&it);
    assert_eq!(leaks.alive(), 200 * each);
    pairs.truncate(100);
    assert_eq!((leaks.alive(), it.len(), clone.len()), (100 * each, 100, 100));
    it.remove(&item(3));
    it.remove(&pairs[3].0);
    drop(it.remove_pair(&pairs[4].0));
    it.insert(&pairs[5].0, &pairs[5].1);
    it.retain(Box::new(|key, _| key.name() % 2 == 0));
    let snapshot = it.pairs();
    pairs.truncate(50);
    assert_eq!((clone.len(), it.len()), (75, 49), "the snapshot owns some");
    drop(snapshot);
    assert_eq!((leaks.alive(), it.len(), clone.len()), (50 * each, 24, 50));
    drop(it);
    assert_eq!(clone.len(), 50);
    drop(pairs);
    leaks.assert_none();
    assert_is(&clone, []);
}

fn clear_weakrefs_in_the_search_that_inserts_the_object<C: Container>() {
    type Insert<C> = fn(&C, &Pair);
    let inserts: [(&str, Insert<C>); 6] = [
        ("insert", |it, pair| drop(it.insert(&pair.0, &pair.1))),
        ("replace", |it, pair| drop(it.replace(&pair.0, &pair.1))),
        ("update", |it, pair| it.update(vec![pair.clone()])),
        ("or_insert", |it, pair| drop(it.or_insert(&pair.0, &pair.1))),
        ("entry_insert", |it, pair| drop(it.entry_insert(&pair.0, &pair.1))),
        ("get_or_make", |it, pair| drop(it.get_or_make(&pair.0, || pair.1.clone()))),
    ];
    for (name, insert) in inserts {
        // In the first of the searches that it needs, and in the one after it.
        for skip in [0, 1] {
            let Filled { it, pairs } = filled::<C>(1);
            // Of a map, the value is there already, under another key.
            let pair = if C::WEAK_VALUES { (item(9), pairs[0].1.clone()) } else { C::pair(9) };
            let (cleared, left) = (weak_halves::<C>(pair.clone()).pop().unwrap(), Mutex::new(skip));
            let until = on(Call::KeyEq, move |_| {
                let mut left = left.lock().unwrap();
                if *left == 0 {
                    clear_weakrefs(&cleared);
                }
                *left -= 1;
            });
            insert(&it, &pair);
            drop(until);
            let halves = weak_halves::<C>(pair.clone());
            let contents: Vec<_> = it.pairs().into_iter().flat_map(weak_halves::<C>).collect();
            let is_there = |half: &&Owner| halves.iter().any(|other| Ptr::ptr_eq(half, other));
            let count = contents.iter().filter(is_there).count();
            drop(contents);
            let registered: usize = halves.iter().map(weakref_count).sum();
            assert_eq!(registered, count, "{name}, after {skip}");
            drop((halves, pair, pairs));
            assert_eq!(it.len(), 0, "{name}, after {skip}");
            assert_is(&*it, []);
        }
    }
}

/// What is in a container with two equal keys, the first of which has left its pointer.
struct Moved {
    first: Item,
    second: Owner,
    /// Those of both.
    values: [Owner; 2],
}

fn after_a_move<C: Container>(container: &C) -> Moved {
    let [first, second] = [item(7), item(7)];
    let values = [item(8), item(8)];
    container.insert(&first, &values[0]);
    let first = move_out(first);
    assert!(container.insert(&second, &values[1]).is_none(), "the first one is not found any more");
    Moved { first, second, values }
}

/// A clear removes the entry of the key that it means.
fn a_clear_beside_an_equal_key_that_was_moved_out<C: Container>() {
    let (container, log) = (C::default(), Log::default());
    let notes = log.clone();
    container.on_removal(move |key, _| notes.put(key.clone()));
    let Moved { second, .. } = &after_a_move(&container);
    clear_weakrefs(second);
    assert!(!container.contains(second), "it looks dead to the container");
    let told: Vec<_> = log.take().into_iter().filter_map(|key| key.upgrade()).collect();
    assert!(told.len() == 1 && Ptr::ptr_eq(&told[0], second), "it is told of");
}

/// Afterwards, nothing stays when all objects are gone.
fn a_clear_beside_an_equal_key_that_was_moved_out_leaves_nothing<C: Container>() {
    let container = C::default();
    let Moved { first, second, values } = after_a_move(&container);
    clear_weakrefs(&second);
    drop(first);
    assert_eq!((container.len(), weakref_count(&second)), (0, 0));
    drop((second, values));
    assert_eq!(container.len(), 0, "an entry is left without a registration");
}

fn b285_a_death_calls_neither_eq_nor_hash<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(20);
    let until = [on(Call::KeyEq, oops), on(Call::KeyHash, oops)];
    pairs.truncate(10);
    assert_eq!(it.len(), 10);
    // Nor does anything else that does not search.
    it.reserve(1000);
    it.shrink_to_fit();
    it.retain(Box::new(|key, _| key.name() < 5));
    assert!(it.pop().is_some());
    assert_eq!((it.len(), it.pairs().len()), (4, 4));
    it.clear();
    drop((until, pairs));
}

#[test]
fn a_death_beside_an_equal_key_that_was_moved_out() {
    let map = <KeyMap>::default();
    let [first, second] = [item(7), item(7)];
    let values = [item(8), item(8)].map(|value| {
        let weak = Ptr::downgrade(&value);
        (value, weak)
    });
    let [(one, weak_one), (two, weak_two)] = values;
    map.insert(&first, one);
    let first = move_out(first);
    assert!(map.insert(&second, two).is_none());
    drop(second);
    let owned = || [&weak_one, &weak_two].map(|weak| weak.strong_count() > 0);
    assert_eq!((map.len(), owned()), (1, [true, false]));
    drop(first);
    assert_eq!((map.len(), owned()), (0, [false, false]));
}

#[test]
fn a_death_inside_that_of_an_equal_key() {
    // Two entries with equal keys are dead at a time, and each death takes its own.
    let (map, log) = (Ptr::new(<KeyMap>::default()), Log::default());
    let [first, one, two] = [item(7), item(8), item(9)];
    let owned = [&one, &two].map(Ptr::downgrade);
    map.insert(&first, one);
    let (this, notes, seen) = (Ptr::downgrade(&map), log.clone(), owned.clone());
    let two = Mutex::new(Some(two));
    let watch = WeakRef::with_callback(&first, move |_| {
        let (map, second) = (this.upgrade().unwrap(), item(7));
        assert!(map.insert(&second, two.lock().unwrap().take().unwrap()).is_none());
        drop(second);
        notes.put((map.len(), seen.each_ref().map(|weak| weak.strong_count() > 0)));
    });
    drop(first);
    drop(watch);
    assert_eq!(log.take(), [(1, [true, false])]);
    assert_eq!((map.len(), owned.map(|weak| weak.strong_count() > 0)), (0, [false, false]));
}
