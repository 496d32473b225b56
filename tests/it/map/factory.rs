//! `get_or_insert_with` and its factory.

use std::hash::RandomState;

use weakref_core::weakref_count;

use super::*;

#[test]
fn the_factory_runs_only_if_needed() {
    let (map, actors) = cast::<RandomState>(3);
    for actor in &actors {
        let found = map.get_or_insert_with(Key(actor.number), || unreachable!());
        assert!(Ptr::ptr_eq(&found, actor));
    }
    let made = actor(7);
    let mut calls = 0;
    let found = map.get_or_insert_with(Key(7), || {
        calls += 1;
        made.clone()
    });
    assert!(Ptr::ptr_eq(&found, &made) && calls == 1);
    assert_is(&map, pairs(&actors).chain([(7, &made)]));
}

#[test]
fn a_dead_leftover_counts_as_absent() {
    let map: OneShard = Map::default();
    let value = actor(1);
    map.insert(Key(1), &value);
    // Out of its pointer, so dead, but not dropped.
    let moved = Ptr::try_unwrap(value).unwrap();
    let newer = map.get_or_insert_with(Key(1), || actor(2));
    assert_eq!(map.len(), 1);
    drop(moved);
    assert_is(&map, [(1, &newer)]);
}

#[test]
fn a_factory_may_use_the_map_for_other_keys() {
    for (name, operation) in operations::<AllAlike>() {
        let (map, actors) = cast::<AllAlike>(5);
        let made = map.get_or_insert_with(Key(7), || {
            operation(&map, 3);
            operation(&map, 100);
            actor(7)
        });
        let left = pairs(&actors).filter(|pair| !takes_out(name, 3, pair.0));
        assert_is(&map, left.chain([(7, &made)]));
        drop(made);
        assert_ends_empty(&map, actors);
    }
}

#[test]
fn a_key_in_the_making_is_not_there_yet() {
    let map: OneShard = Map::default();
    let made = map.get_or_insert_with(Key(1), || {
        assert!(map.get(&Key(1)).is_none() && !map.contains_key(&Key(1)));
        assert!(map.remove(&Key(1)).is_none() && map.is_empty());
        map.clear();
        map.retain(|_, _| unreachable!());
        actor(1)
    });
    assert_is(&map, [(1, &made)]);
}

#[test]
fn factories_inside_factories() {
    fn make(map: &Map, number: u32) -> Ptr<Actor> {
        map.get_or_insert_with(Key(number), || {
            let below = (number > 0).then(|| make(map, number - 1));
            let act: Action = Box::new(move || drop(below));
            acting(number, act)
        })
    }
    let map: Map = Map::default();
    let last = make(&map, 100);
    assert_eq!(map.len(), 101);
    drop(last);
    assert_is(&map, []);
}

#[test]
fn a_factory_that_needs_its_own_key_panics() {
    let (map, actors) = cast::<AllAlike>(3);
    assert_panics(CIRCLE, || {
        map.get_or_insert_with(Key(7), || map.get_or_insert_with(Key(7), || unreachable!()))
    });
    assert_is(&map, pairs(&actors));
    // By way of another one.
    assert_panics(CIRCLE, || {
        map.get_or_insert_with(Key(7), || {
            map.get_or_insert_with(Key(8), || map.get_or_insert_with(Key(7), || unreachable!()))
        })
    });
    // Caught, it harms nobody.
    let made = map.get_or_insert_with(Key(7), || {
        panic_of(|| map.get_or_insert_with(Key(7), || unreachable!()));
        actor(7)
    });
    assert_is(&map, pairs(&actors).chain([(7, &made)]));
}

#[test]
fn the_same_key_of_another_map_is_another_key() {
    let (one, two): (Map, Map) = Default::default();
    let made = one.get_or_insert_with(Key(1), || two.get_or_insert_with(Key(1), || actor(1)));
    assert_is(&one, [(1, &made)]);
    assert_is(&two, [(1, &made)]);
}

#[test]
fn a_factory_that_fails_leaves_nothing() {
    let (map, actors) = cast::<AllAlike>(3);
    for _ in 0..3 {
        let failed = map.get_or_try_insert_with(Key(7), || Err(String::from("no")));
        assert_eq!(failed.unwrap_err(), "no");
        let message = panic_of(|| map.get_or_insert_with(Key(7), || panic!("oops")));
        assert_eq!(message, "oops");
        assert_is(&map, pairs(&actors));
    }
    let made = map.get_or_insert_with(Key(7), || actor(7));
    assert_is(&map, pairs(&actors).chain([(7, &made)]));
}

#[test]
fn the_key_of_a_failed_factory_is_dropped_outside() {
    let (map, actors) = cast::<AllAlike>(3);
    for fail in [|| Err(()), || panic!("oops")] {
        let inner = Ptr::clone(&map);
        let until = once(Call::KeyDrop, move |_| {
            assert!(inner.get(&Key(0)).is_some());
            // The key is free again.
            assert_eq!(inner.get_or_insert_with(Key(7), || actor(8)).number, 8);
        });
        let _ = caught(|| map.get_or_try_insert_with(Key(7), fail).is_err());
        drop(until);
        assert_is(&map, pairs(&actors));
    }
}

#[test]
fn what_is_inserted_meanwhile_wins() {
    let map: Ptr<OneShard> = Ptr::new(Map::default());
    let meanwhile = actor(1);
    let (send, len) = std::sync::mpsc::channel();
    let inner = Ptr::clone(&map);
    // The loser, and its key, are dropped outside: they may use the map.
    let act: Action = Box::new(move || send.send(inner.len()).unwrap());
    let loser = acting(1, act);
    let until = once(Call::KeyDrop, {
        let inner = Ptr::clone(&map);
        move |_| assert_eq!(inner.len(), 1)
    });
    let found = map.get_or_insert_with(Key(1), || {
        map.insert(Key(1), &meanwhile);
        loser
    });
    drop(until);
    assert!(Ptr::ptr_eq(&found, &meanwhile));
    assert_eq!(len.recv(), Ok(1));
    assert_eq!(weakref_count(&meanwhile), 1);
    drop(found);
    assert_is(&map, [(1, &meanwhile)]);
}

#[test]
fn what_was_inserted_meanwhile_and_died_does_not_win() {
    let map: OneShard = Map::default();
    let made = map.get_or_insert_with(Key(1), || {
        let meanwhile = actor(1);
        map.insert(Key(1), &meanwhile);
        let moved = Ptr::try_unwrap(meanwhile).unwrap();
        assert_eq!(map.len(), 1, "dead, but there");
        drop(moved);
        actor(2)
    });
    assert_eq!(made.number, 2);
    assert_is(&map, [(1, &made)]);
}

#[test]
fn a_factory_may_return_a_value_that_is_in_the_map() {
    let (map, actors) = cast::<RandomState>(3);
    let found = map.get_or_insert_with(Key(7), || map.get(&Key(1)).unwrap());
    assert!(Ptr::ptr_eq(&found, &actors[1]));
    assert_eq!((weakref_count(&found), map.len()), (2, 4));
    drop(found);
    assert_ends_empty(&map, actors);
}

#[test]
fn a_factory_inside_a_visit_and_a_visit_inside_a_factory() {
    let (map, actors) = cast::<AllAlike>(3);
    let mut made = Vec::new();
    map.for_each(|key, _| {
        made.push(map.get_or_insert_with(Key(key.0 + 10), || {
            map.retain(|_, _| true);
            actor(key.0 + 10)
        }));
    });
    assert_is(&map, pairs(&actors).chain(pairs(&made)));
}
