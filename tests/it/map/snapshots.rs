//! Iteration: what a visit sees, and what may happen meanwhile.

use std::{cell::Cell, rc::Rc};

use weakref_core::{Slotted, WeakValueMap, weakref_count};

use super::*;

/// With all keys in one shard, so that a visit is one visit.
fn in_one_shard(size: u32) -> (Ptr<OneShard>, Vec<Ptr<Actor>>) {
    cast(size)
}

fn numbers(keys: impl Iterator<Item = Key>) -> Vec<u32> {
    let mut numbers: Vec<_> = keys.map(|key| key.0).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn b254_iterators_give_living_entries() {
    let (map, mut actors) = cast::<std::hash::RandomState>(10);
    drop(actors.remove(4));
    assert_eq!(map.iter().len(), 9);
    assert!(map.iter().all(|(key, actor)| key.0 == actor.number && key.0 != 4));
    assert_eq!(numbers(map.keys()), [0, 1, 2, 3, 5, 6, 7, 8, 9]);
    let mut values: Vec<_> = map.values().map(|actor| actor.number).collect();
    values.sort_unstable();
    assert_eq!(values, [0, 1, 2, 3, 5, 6, 7, 8, 9]);
    let mut seen = Vec::new();
    map.for_each(|key, actor| seen.push((key.0, actor.number)));
    seen.sort_unstable();
    assert_eq!(seen, values.iter().map(|&number| (number, number)).collect::<Vec<_>>());
}

#[test]
fn iterators_are_exact_fused_and_go_both_ways() {
    let (map, _actors) = cast::<std::hash::RandomState>(5);
    let forwards: Vec<_> = map.keys().map(|key| key.0).collect();
    let mut backwards: Vec<_> = map.keys().rev().map(|key| key.0).collect();
    backwards.reverse();
    assert_eq!(forwards, backwards, "nothing has changed meanwhile");
    let mut iter = map.iter();
    assert_eq!(iter.size_hint(), (5, Some(5)));
    assert!(iter.by_ref().count() == 5 && iter.next().is_none() && iter.next_back().is_none());
    assert_eq!(map.values().len(), 5);
}

#[test]
fn b346_a_snapshot_is_not_disturbed() {
    let (map, actors) = in_one_shard(4);
    let iter = map.iter();
    map.remove(&Key(0));
    let newer = actor(9);
    map.insert(Key(1), &newer);
    map.insert(Key(9), &newer);
    let seen: Vec<_> = iter.map(|(key, actor)| (key.0, actor.number)).collect();
    assert_eq!(seen.len(), 4);
    assert!((0..4).all(|number| seen.contains(&(number, number))), "{seen:?}");
    drop(actors);
    assert_eq!(map.len(), 2);
}

#[test]
fn b332_a_snapshot_owns_what_it_gives() {
    let (map, actors) = in_one_shard(3);
    let mut iter = map.iter();
    drop(actors);
    assert_eq!(map.len(), 3);
    drop(iter.next());
    assert_eq!(map.len(), 2, "what has been given and dropped is dead");
    drop(iter);
    assert_is(&map, []);
}

#[test]
fn into_keys_and_into_values_dissolve_the_map() {
    let (map, mut actors) = in_one_shard(5);
    let moved = Ptr::try_unwrap(actors.pop().unwrap()).ok().unwrap();
    let keys = Ptr::try_unwrap(map).ok().unwrap().into_keys();
    assert_eq!(keys.len(), 4, "the dead are left out");
    assert!(actors.iter().all(|actor| weakref_count(actor) == 0));
    assert!(actors.iter().all(|actor| Ptr::strong_count(actor) == 1));
    assert_eq!(numbers(keys), [0, 1, 2, 3]);
    drop(moved);

    let (map, mut actors) = in_one_shard(5);
    let moved = Ptr::try_unwrap(actors.pop().unwrap()).ok().unwrap();
    let values = Ptr::try_unwrap(map).ok().unwrap().into_values();
    assert!(actors.iter().all(|actor| weakref_count(actor) == 0));
    assert!(actors.iter().all(|actor| Ptr::strong_count(actor) == 2), "they are given");
    let mut values: Vec<_> = values.collect();
    values.sort_by_key(|actor| actor.number);
    assert_eq!(values, actors);
    drop(moved);
}

#[test]
fn b255_b342_value_refs_do_not_own() {
    let (map, actors) = in_one_shard(3);
    let refs = map.value_refs();
    assert_eq!(refs.len(), 3);
    assert!(refs.iter().all(|weak| !weak.is_dead() && !weak.has_callback()));
    assert_eq!(Ptr::strong_count(&actors[0]), 1);
    drop(actors);
    assert_is(&map, []);
    assert!(refs.iter().all(|weak| weak.upgrade().is_none()));
}

#[test]
fn a_value_under_two_keys_comes_twice() {
    let value = actor(1);
    let map = WeakValueMap::from([("a", value.clone()), ("b", value.clone())]);
    assert_eq!((map.values().len(), map.value_refs().len(), map.iter().len()), (2, 2, 2));
}

#[test]
fn for_each_and_retain_need_no_clone() {
    #[derive(PartialEq, Eq, Hash)]
    struct Only(u8);
    let value: Ptr<Slotted<(), Here>> = Ptr::default();
    let map = WeakValueMap::from([(Only(1), value.clone()), (Only(2), value.clone())]);
    let mut sum = 0;
    map.for_each(|key, _| sum += key.0);
    map.retain(|key, _| key.0 == 2);
    assert_eq!((sum, map.len()), (3, 1));
    assert_eq!(map.remove(&Only(2)), Some(value));
}

#[test]
fn b331_b335_b347_owners_dropped_by_the_visitor() {
    let (map, actors) = in_one_shard(6);
    let owners = RefCell::new(actors);
    let mut seen = 0;
    map.for_each(|key, actor| {
        assert_eq!(key.0, actor.number);
        owners.borrow_mut().clear();
        // As the docs say, the visit owns them while it is at their shard.
        assert_eq!(map.len(), 6);
        seen += 1;
    });
    assert_eq!(seen, 6);
    assert_is(&map, []);
}

#[test]
fn b347_deaths_in_shards_yet_to_come_are_skipped() {
    const SIZE: u32 = 1000;
    let (map, actors) = cast::<std::hash::RandomState>(SIZE);
    let owners = RefCell::new(actors);
    let mut seen = 0;
    map.for_each(|_, actor| {
        owners.borrow_mut().clear();
        assert!(Ptr::strong_count(actor) > 0);
        seen += 1;
    });
    assert!((1..=SIZE).contains(&seen));
    assert_is(&map, []);
}

#[test]
fn retain_asks_about_each_once() {
    let (map, actors) = cast::<std::hash::RandomState>(100);
    let mut asked = Vec::new();
    map.retain(|key, actor| {
        assert!(Ptr::ptr_eq(actor, &actors[key.0 as usize]));
        asked.push(key.0);
        key.0 % 3 != 0
    });
    asked.sort_unstable();
    assert_eq!(asked, (0..100).collect::<Vec<_>>());
    assert_is(&map, pairs(&actors).filter(|pair| pair.0 % 3 != 0).collect::<Vec<_>>());
    let unregistered = |actor: &&Ptr<Actor>| weakref_count(*actor) == 0;
    assert_eq!(actors.iter().filter(unregistered).count(), 34);
}

#[test]
fn owners_dropped_inside_retain() {
    let (map, actors) = in_one_shard(8);
    let owners = RefCell::new(actors);
    map.retain(|key, _| {
        // Whether it is kept or not.
        owners.borrow_mut().retain(|actor| actor.number != key.0);
        key.0 % 2 == 0
    });
    assert_is(&map, []);
}

#[test]
fn retain_does_not_touch_what_has_been_replaced() {
    let (map, actors) = in_one_shard(4);
    let newer = actor(9);
    map.retain(|key, _| {
        match key.0 {
            0 => drop(map.insert(Key(0), &newer)),
            1 => {
                map.remove(&Key(1));
                map.insert(Key(1), &actors[1]);
            }
            2 => drop(map.remove(&Key(2))),
            _ => {}
        }
        key.0 == 3
    });
    assert_is(&map, [(0, &newer), (1, &actors[1]), (3, &actors[3])]);
    assert_eq!(weakref_count(&newer), 1);
}

#[test]
fn keys_lent_to_a_visitor_are_found_by_lookups() {
    let (map, actors) = in_one_shard(5);
    map.for_each(|_, _| {
        for actor in &actors {
            let key = Key(actor.number);
            assert!(Ptr::ptr_eq(&map.get(&key).unwrap(), actor));
            assert_eq!(map.get_key_value(&key).unwrap().0.0, key.0);
            assert!(map.contains_key(&key));
        }
        assert_eq!(numbers(map.keys()), [0, 1, 2, 3, 4]);
    });
    assert_is(&map, pairs(&actors));
}

#[test]
fn visits_inside_visits() {
    let (map, actors) = in_one_shard(5);
    let mut count = 0;
    map.for_each(|_, _| {
        map.retain(|key, _| {
            map.for_each(|inner, _| count += u32::from(inner.0 == key.0));
            true
        });
    });
    assert_eq!(count, 25);
    assert_is(&map, pairs(&actors));
    // The inner visit outlives what the outer one saw.
    map.for_each(|outer, _| {
        map.retain(|inner, _| inner.0 >= outer.0);
    });
    let left = map.keys().map(|key| key.0).collect::<Vec<_>>();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn keys_that_lost_their_entry_live_until_the_visit_ends() {
    let (map, _actors) = in_one_shard(3);
    let (log, _until) = log_key_drops();
    map.for_each(|key, _| {
        let number = key.0;
        map.clear();
        // Still there to be looked at.
        assert_eq!(key.0, number);
        assert!(log.borrow().is_empty());
    });
    let mut dropped = log.borrow().clone();
    dropped.sort_unstable();
    assert_eq!(dropped, [0, 1, 2]);
    assert_is(&map, []);
}

#[test]
fn remove_entry_of_a_lent_key_clones_it() {
    let (map, actors) = in_one_shard(2);
    let clones = Rc::new(Cell::new(0));
    let count = Rc::clone(&clones);
    let _until = on(Call::KeyClone, move |_| count.set(count.get() + 1));
    map.for_each(|key, _| {
        let (removed, actor) = map.remove_entry(key).unwrap();
        assert_eq!((removed.0, actor.number), (key.0, key.0));
    });
    assert_eq!(clones.get(), 2);
    assert!(map.is_empty());
    map.insert(Key(0), &actors[0]);
    drop(map.remove_entry(&Key(0)));
    assert_eq!(clones.get(), 2, "at home, it is moved");
}

#[test]
fn every_key_is_dropped_once() {
    let tally = Tally::default();
    let mut actors: Vec<_> = (0..20).map(actor).collect();
    let map = WeakValueMap::new();
    let insert =
        |number: u32, actor: &Ptr<Actor>| map.insert(Counted(number, tally.token()), actor);
    for actor in &actors {
        insert(actor.number, actor);
    }
    map.for_each(|key, actor| match key.0 % 5 {
        0 => drop(map.remove(&key.0)),
        1 => drop(insert(key.0, actor)),
        2 => drop(map.remove_entry(&key.0)),
        3 => actors.retain(|actor| actor.number != key.0),
        _ => map.for_each(|_, _| ()),
    });
    assert_eq!(map.len(), 8);
    assert_eq!(tally.count(), 8);
    drop(map);
    assert_eq!(tally.count(), 0);
}

#[test]
fn a_few_keys_lent_from_a_large_table_come_home() {
    let (map, actors) = in_one_shard(100);
    for key in 0..100 {
        assert_eq!(map.get_key_value(&Key(key)).unwrap().0.0, key);
    }
    // One loses its entry meanwhile, and one gets another value.
    let (inner, newer) = (Ptr::clone(&map), actor(9));
    let other = newer.clone();
    let until = once(Call::KeyClone, move |number| {
        inner.remove(&Key(number));
        let _until = once(Call::KeyClone, {
            let (inner, other) = (Ptr::clone(&inner), other.clone());
            move |number| drop(inner.insert(Key(number), &other))
        });
        assert_eq!(inner.get_key_value(&Key(7)).unwrap().1.number, 7);
    });
    assert_eq!(map.get_key_value(&Key(50)).unwrap().1.number, 50);
    drop(until);
    let left = pairs(&actors).filter(|pair| pair.0 != 7 && pair.0 != 50);
    assert_is(&map, left.chain([(7, &newer)]));
    let _until = on(Call::KeyClone, |number| panic!("{number} is not at home"));
    for key in (0..100).filter(|key| *key != 50) {
        assert_eq!(map.remove_entry(&Key(key)).unwrap().0.0, key);
    }
    assert!(map.is_empty());
}
