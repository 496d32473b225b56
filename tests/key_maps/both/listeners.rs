//! `on_removal`: who is told what, and when.

use std::sync::atomic::{AtomicU32, Ordering};

use weakref_core::{RemovalCause, RemovalCause::*, clear_weakrefs, map::Entry};

use super::*;

type Told = Log<(Option<u32>, RemovalCause)>;

/// Notes the numbers of the keys, of those that live, and why they leave.
fn note<V: Numbered>(map: &Map<Thing, V>) -> Told {
    let log = Log::default();
    let seen = log.clone();
    map.on_removal(move |key, cause| {
        assert_eq!(key.is_dead(), cause == Died);
        seen.put((key.upgrade().map(|key| key.number), cause));
    });
    log
}

/// What is noted of these keys.
fn all(
    numbers: impl IntoIterator<Item = u32>,
    cause: RemovalCause,
) -> Vec<(Option<u32>, RemovalCause)> {
    numbers.into_iter().map(|number| (Some(number), cause)).collect()
}

fn sorted(log: &Told) -> Vec<(Option<u32>, RemovalCause)> {
    let mut notes = log.take();
    notes.sort_by_key(|note| note.0);
    notes
}

#[test]
fn a_death() {
    let (map, mut keys) = filled::<u32>(3);
    let log = note(&map);
    keys.pop();
    assert_eq!(log.take(), [(None, Died)]);
    keys.clear();
    assert_eq!(log.take(), [(None, Died); 2]);
}

#[test]
fn a_removal_of_every_kind() {
    type Act = fn(&Numbers, &Ptr<Thing>);
    let acts: [Act; 8] = [
        |map, key| drop_it(map.remove(&**key)),
        |map, key| drop_it(map.remove_entry(&**key)),
        |map, key| map.retain(|other, _| !Ptr::ptr_eq(other, key)),
        |map, key| drop_it(map.extract_if(|other, _| Ptr::ptr_eq(other, key)).count()),
        |map, key| {
            let Entry::Occupied(entry) = map.entry(key) else { unreachable!() };
            entry.remove();
        },
        |map, key| {
            let Entry::Occupied(entry) = map.entry(key) else { unreachable!() };
            entry.remove_entry();
        },
        |map, _| while map.pop().is_some_and(|(key, _)| key.number != 1) {},
        |map, _| drop_it(map.drain()),
    ];
    for (number, act) in acts.into_iter().enumerate() {
        let (map, keys) = filled::<u32>(3);
        let log = note(&map);
        act(&map, &keys[1]);
        let told = sorted(&log);
        match number {
            7 => assert_eq!(told, all(0..3, Removed)),
            6 => assert!(told.contains(&(Some(1), Removed)) && told.len() == 3 - map.len()),
            _ => assert_eq!(told, all([1], Removed)),
        }
        drop(keys);
        assert_eq!(log.take().len(), 3 - told.len(), "each is told of once");
    }
}

#[test]
fn a_replacement_of_every_kind() {
    type Act = fn(&Numbers, &Ptr<Thing>);
    let acts: [Act; 7] = [
        |map, key| drop_it(map.insert(key, 5)),
        |map, key| drop_it(map.replace_key(key, 5)),
        |map, key| map.update([(key.clone(), 5)]),
        |map, key| drop_it(map.entry(key).insert_entry(5)),
        |map, key| {
            let Entry::Occupied(entry) = map.entry(key) else { unreachable!() };
            entry.insert(5);
        },
        |mut map, key| {
            let other = Numbers::default();
            other.insert(key, 5);
            map |= &other;
        },
        |map, key| {
            map.remove(&**key);
            let Entry::Vacant(entry) = map.entry(key) else { unreachable!() };
            map.insert(key, 4);
            entry.insert(5);
        },
    ];
    for (number, act) in acts.into_iter().enumerate() {
        let (map, keys) = filled::<u32>(3);
        let log = note(&map);
        act(&map, &keys[1]);
        let mut told = log.take();
        if number == 6 {
            assert_eq!(told.remove(0), (Some(1), Removed));
        }
        assert_eq!(told, all([1], Replaced));
        assert_is(&map, [(&keys[0], 0), (&keys[1], 5), (&keys[2], 20)]);
    }
}

#[test]
fn nobody_is_told_where_nothing_leaves() {
    let (map, keys) = filled::<u32>(3);
    let log = note(&map);
    map.get_or_insert_with(&keys[0], || 5);
    map.entry(&keys[1]).or_insert(5).with_mut(|value| *value = 6);
    map.for_each_mut(|_, value| *value += 1);
    map.remove(&*thing(9));
    map.retain(|_, _| true);
    map.shrink_to_fit();
    assert_eq!(log.take(), []);
}

#[test]
fn a_clear() {
    let (map, keys) = filled::<u32>(10);
    let log = note(&map);
    map.clear();
    assert_eq!(sorted(&log), all(0..10, Cleared));
    map.clear();
    drop(keys);
    assert_eq!(log.take(), []);
}

#[test]
fn a_key_that_is_made_to_look_dead() {
    let (map, keys) = filled::<u32>(2);
    let log = Log::default();
    let seen = log.clone();
    map.on_removal(move |_, cause| seen.put(cause));
    clear_weakrefs(&keys[0]);
    assert_eq!(log.take(), [Died]);
    assert_is(&map, pairs(&keys[1..]));
    map.insert(&keys[0], 0);
    assert_is(&map, pairs(&keys));
}

#[test]
fn the_entry_has_left_when_the_listener_is_called() {
    let (map, keys) = filled::<u32>(3);
    let lens = Log::default();
    let (weak, seen) = (Ptr::downgrade(&map), lens.clone());
    map.on_removal(move |key, _| {
        let map = weak.upgrade().unwrap();
        assert!(key.upgrade().is_none_or(|key| !map.contains_key(&*key)));
        seen.put(map.len());
    });
    map.remove(&*keys[0]);
    drop(keys);
    assert_eq!(lens.take(), [2, 1, 0]);
}

#[test]
fn several_listeners_are_called_in_the_order_in_which_they_came() {
    let (map, keys) = filled::<u32>(2);
    let log = Log::default();
    for name in ["first", "second", "third"] {
        let log = log.clone();
        map.on_removal(move |_, _| log.put(name));
    }
    map.remove(&*keys[0]);
    assert_eq!(log.take(), ["first", "second", "third"]);
    drop(keys);
    assert_eq!(log.take(), ["first", "second", "third"]);
}

#[test]
fn a_listener_may_use_the_map() {
    for cause in [Died, Removed, Replaced, Cleared] {
        without_deadlock(move || {
            let (map, mut keys) = filled::<u32>(4);
            let again = thing(9);
            let (weak, new) = (Ptr::downgrade(&map), Ptr::downgrade(&again));
            let calls = AtomicU32::new(0);
            let log = Log::default();
            let seen = log.clone();
            map.on_removal(move |_, _| {
                // It is told of what it does itself.
                let call = calls.fetch_add(1, Ordering::Relaxed);
                if let (0, Some(map), Some(new)) = (call, weak.upgrade(), new.upgrade()) {
                    seen.put(map.insert(&new, 90));
                    seen.put(map.insert(&new, 91));
                    seen.put(map.remove(&*new));
                    seen.put(map.insert(&new, 92));
                    map.for_each_mut(|_, value| *value += 1);
                    seen.put(map.get(&*new));
                    seen.put(Some(calls.load(Ordering::Relaxed)));
                }
            });
            match cause {
                Died => drop(keys.pop()),
                Removed => drop_it(map.remove(&*keys.pop().unwrap())),
                Replaced => drop_it(map.insert(&keys[3], 30)),
                Cleared => map.clear(),
            }
            assert_eq!(log.take(), [None, Some(90), Some(91), None, Some(93), Some(3)]);
            let left = keys.iter().filter(|key| map.contains_key(&***key)).count();
            if cause == Cleared {
                // One shard after the other, so that it may have come to the new one later.
                assert_eq!(left, 0);
                assert_eq!(map.len(), usize::from(map.contains_key(&*again)));
            } else {
                assert_eq!(left, keys.len());
                assert_eq!(map.len(), left + 1);
            }
            drop((keys, again));
            assert!(map.is_empty());
        });
    }
}

#[test]
fn a_listener_may_add_listeners() {
    let (map, keys) = filled::<u32>(3);
    let log = Log::default();
    let (weak, seen) = (Ptr::downgrade(&map), log.clone());
    map.on_removal(move |_, _| {
        let seen = seen.clone();
        weak.upgrade().unwrap().on_removal(move |_, cause| seen.put(cause));
    });
    map.remove(&*keys[0]);
    assert_eq!(log.take(), [], "from now on");
    map.remove(&*keys[1]);
    assert_eq!(log.take(), [Removed]);
    drop(keys);
    assert_eq!(log.take(), [Died; 2]);
}

#[test]
fn a_panic_in_a_listener_goes_to_the_hook() {
    let unraisables = Unraisables::listen();
    let (map, mut keys) = filled::<u32>(5);
    map.on_removal(|_, _| panic!("{OOPS}"));
    let log = note(&map);
    keys.pop();
    assert_eq!(unraisables.messages(), [OOPS]);
    assert_eq!(map.remove(&*keys[3]), Some(30), "what is asked for is returned");
    assert_eq!(map.insert(&keys[2], 1), Some(20));
    map.clear();
    assert_eq!(unraisables.messages(), [OOPS; 5]);
    assert_eq!(log.take().len(), 6, "the others are called all the same");
    assert_is(&map, []);
    assert_eq!(unraisables.messages(), [OOPS], "of the guest");
}

#[test]
fn a_clone_has_no_listeners() {
    let (map, keys) = filled::<u32>(3);
    let log = note(&map);
    let (clone, both) = (Map::clone(&map), &*map | &*map);
    clone.remove(&*keys[0]);
    both.clear();
    drop(map);
    drop(keys);
    assert_eq!(log.take(), []);
    assert!(clone.is_empty());
}

#[test]
fn nobody_is_told_when_the_map_goes() {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(3);
    let log = note(&map);
    let token = Ptr::new(());
    let held = token.clone();
    map.on_removal(move |_, _| drop(held.clone()));
    drop(map);
    assert_eq!(Ptr::strong_count(&token), 1, "the listener goes with it");
    drop(keys);
    assert_eq!(log.take(), []);
    leaks.assert_none();
}

#[test]
fn into_iter_takes_the_entries_out() {
    let (map, keys) = filled::<u32>(3);
    let log = note(&map);
    assert_eq!(Ptr::try_unwrap(map).unwrap().into_iter().len(), 3);
    assert_eq!(sorted(&log), all(0..3, Removed));
    drop(keys);
}

#[test]
fn a_listener_that_drops_the_last_map() {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(3);
    let shelf = Log::default();
    let holder = shelf.clone();
    map.on_removal(move |_, _| drop(holder.take()));
    shelf.put(map);
    drop(keys);
    assert_eq!(shelf.take().len(), 0);
    leaks.assert_none();
}
