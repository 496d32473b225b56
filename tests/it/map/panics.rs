//! Panics in the user's code: the map stays whole each time.

use std::{hash::RandomState, rc::Rc};

use weakref_core::{WeakValueMap, weakref_count};

use super::*;

#[test]
fn b378_a_panicking_hash_changes_nothing() {
    for (name, search) in searches::<RandomState>() {
        let (map, actors) = cast::<RandomState>(5);
        for key in [2, 100] {
            let until = on(Call::KeyHash, oops);
            assert_eq!(panic_of(|| search(&map, key)), OOPS, "{name}");
            drop(until);
            assert_is(&map, pairs(&actors));
        }
        assert_ends_empty(&map, actors);
    }
}

#[test]
fn b378_a_panicking_eq_changes_nothing() {
    for (name, search) in searches::<AllAlike>() {
        // At the first comparison, and at later ones.
        for skip in 0..5 {
            for key in [2, 100] {
                let (map, actors) = cast::<AllAlike>(5);
                let left = std::cell::Cell::new(skip);
                let until = on(Call::KeyEq, move |_| match left.get() {
                    0 => panic!("{OOPS}"),
                    more => left.set(more - 1),
                });
                let result = caught(|| search(&map, key));
                drop(until);
                match result {
                    Err(message) => {
                        assert_eq!(message, OOPS);
                        assert_is(&map, pairs(&actors));
                    }
                    // It was found before.
                    Ok(()) => assert!(skip > 0 && key == 2, "{name}"),
                }
                assert!(actors.iter().all(|actor| weakref_count(actor) <= 1));
                assert_ends_empty(&map, actors);
            }
        }
    }
}

#[test]
fn a_panicking_eq_after_owners_have_died() {
    for (_, search) in searches::<AllAlike>() {
        let (map, mut actors) = cast::<AllAlike>(5);
        let dying = actors.split_off(2);
        let until = once(Call::KeyEq, move |_| {
            drop(dying);
            panic!("{OOPS}");
        });
        assert_eq!(panic_of(|| search(&map, 3)), OOPS);
        drop(until);
        assert_is(&map, pairs(&actors));
    }
}

#[test]
fn a_key_dropped_by_the_panic_of_its_eq_may_use_the_map() {
    for (name, search) in searches::<AllAlike>() {
        let (map, actors) = cast::<AllAlike>(3);
        let inner = Ptr::clone(&map);
        let drops = Rc::new(std::cell::Cell::new(0));
        let count = Rc::clone(&drops);
        let until_drop = on(Call::KeyDrop, move |_| {
            count.set(count.get() + 1);
            assert_eq!(inner.len(), 3);
        });
        let until_eq = once(Call::KeyEq, oops);
        assert_eq!(panic_of(|| search(&map, 100)), OOPS, "{name}");
        drop((until_eq, until_drop));
        assert_eq!(drops.get(), 1, "{name}");
        assert_is(&map, pairs(&actors));
    }
}

#[test]
fn a_value_dropped_by_the_panic_of_an_eq_may_use_the_map() {
    // What the factory made, when its key cannot be put in.
    let (map, actors) = cast::<AllAlike>(3);
    let inner = Ptr::clone(&map);
    let (send, len) = std::sync::mpsc::channel();
    let act: Action = Box::new(move || send.send(inner.len()).unwrap());
    let made = acting(1, act);
    let mut until = None;
    let message = panic_of(|| {
        map.get_or_insert_with(Key(100), || {
            until = Some(once(Call::KeyEq, oops));
            made
        })
    });
    drop(until);
    assert_eq!((message.as_str(), len.recv()), (OOPS, Ok(3)));
    assert_is(&map, pairs(&actors));
    let again = map.get_or_insert_with(Key(100), || actor(100));
    assert_eq!(again.number, 100, "the next one may try");
}

#[test]
fn a_panicking_drop_of_a_key_at_a_death_stays_inside() {
    let (map, mut actors) = cast::<RandomState>(5);
    let until = on(Call::KeyDrop, oops);
    let doomed = actors.remove(1);
    assert_eq!(caught(|| drop(doomed)), Ok(()), "a death does not panic");
    drop(until);
    assert_is(&map, pairs(&actors));
    let until = on(Call::KeyDrop, |number| assert_ne!(number, 3));
    drop(actors);
    drop(until);
    assert_is(&map, []);
}

#[test]
fn a_panicking_drop_of_a_key_that_dies_in_the_middle_of_a_search() {
    let (map, mut actors) = cast::<AllAlike>(5);
    let doomed = actors.remove(4);
    let until_eq = once(Call::KeyEq, move |_| drop(doomed));
    let until_drop = on(Call::KeyDrop, |number| assert_ne!(number, 4));
    assert_eq!(map.get(&Key(1)).unwrap().number, 1);
    drop((until_eq, until_drop));
    assert_is(&map, pairs(&actors));
}

#[test]
fn a_panicking_drop_of_a_key_that_is_replaced_or_removed() {
    type Act = fn(&Map, &[Ptr<Actor>]);
    let acts: [(Act, u32); 5] = [
        (|map, actors| drop(map.insert(Key(1), &actors[1])), 5),
        (|map, _| drop(map.remove(&Key(1))), 4),
        (|map, _| drop(map.remove_entry(&Key(1))), 4),
        (|map, _| map.retain(|key, _| key.0 != 1), 4),
        (|map, _| drop(map.get_or_insert_with(Key(1), || actor(1))), 5),
    ];
    for (act, left) in acts {
        let (map, actors) = cast::<RandomState>(5);
        // Not the temporary that is searched for: that one goes outside.
        let until = once(Call::KeyDrop, oops);
        assert_eq!(panic_of(|| act(&map, &actors)), OOPS);
        drop(until);
        assert_is(&map, pairs(&actors).filter(|pair| left == 5 || pair.0 != 1));
        assert_ends_empty(&map, actors);
    }
}

#[test]
fn a_panicking_drop_of_a_key_in_clear() {
    let (map, actors) = cast::<AllAlike>(5);
    let until = once(Call::KeyDrop, oops);
    assert_eq!(panic_of(|| map.clear()), OOPS);
    drop(until);
    assert_is(&map, []);
    map.insert(Key(1), &actors[1]);
    assert_is(&map, pairs(&actors[1..2]));
}

#[test]
fn a_panicking_drop_of_a_key_as_the_map_is_dropped() {
    let (map, actors) = cast::<RandomState>(20);
    let until = once(Call::KeyDrop, oops);
    assert_eq!(panic_of(|| drop(map)), OOPS);
    drop(until);
    assert!(actors.iter().all(|actor| weakref_count(actor) == 0));
}

/// It waits for a key that is lent for ever, and goes with the map: not in a later death.
#[test]
fn a_panicking_drop_of_a_listener_that_a_forgotten_iterator_keeps() {
    let (map, mut actors) = cast::<AllAlike>(2);
    // A registration that outlives the map.
    let kept = Ptr::try_unwrap(actors.pop().unwrap()).unwrap_or_else(|_| unreachable!("its owner"));
    let bomb = AtDrop(Some(|| oops(())));
    map.on_removal(move |_, _| {
        let _ = &bomb;
    });
    let mut iter = map.extract_if(|_, _| true);
    assert_eq!(iter.next().map(|(key, _)| key.0), Some(0));
    std::mem::forget(iter);
    drop(actors);
    let map = Ptr::into_inner(map).unwrap();
    assert_eq!(panic_of(|| drop(map)), OOPS);
    drop(kept);
}

#[test]
fn a_panicking_drop_of_a_key_at_the_end_of_a_visit() {
    let (map, actors) = cast::<AllAlike>(5);
    let until = once(Call::KeyDrop, oops);
    let message = panic_of(|| {
        map.for_each(|key, _| {
            if key.0 == 2 {
                map.remove(key);
            }
        });
    });
    drop(until);
    assert_eq!(message, OOPS);
    assert_is(&map, pairs(&actors).filter(|pair| pair.0 != 2));
    assert_ends_empty(&map, actors);
}

/// A value whose death panics, in `on_drop` or in a field.
fn bombs() -> [Ptr<Actor>; 2] {
    let oops = || -> Action { Box::new(|| panic!("{OOPS}")) };
    [acting(9, oops()), acting_late(9, oops())]
}

#[test]
fn a_panicking_drop_of_a_value() {
    type Act = fn(&Map, Ptr<Actor>);
    let acts: [(&str, Act); 7] = [
        ("outside", |_, bomb| drop(bomb)),
        ("found", |map, bomb| {
            let _found = map.get(&Key(9));
            drop(bomb);
        }),
        ("temporary", |map, bomb| {
            let mut bomb = Some(bomb);
            map.for_each(|_, _| drop(bomb.take()));
        }),
        ("refused", |map, bomb| {
            let mut bomb = Some(bomb);
            map.retain(|key, _| {
                bomb.take();
                key.0 != 9
            });
        }),
        ("removed", |map, bomb| {
            let _removed = map.remove(&Key(9));
            drop(bomb);
        }),
        ("snapshot", |map, bomb| {
            let iter = map.iter();
            drop(bomb);
            drop(iter);
        }),
        ("replaced", |map, bomb| {
            let other = actor(9);
            let replaced = map.insert(Key(9), &other);
            drop(bomb);
            drop(replaced);
        }),
    ];
    for (name, act) in acts {
        for bomb in bombs() {
            let (map, actors) = cast::<RandomState>(5);
            map.insert(Key(9), &bomb);
            assert_eq!(panic_of(|| act(&map, bomb)), OOPS, "{name}");
            assert_is(&map, pairs(&actors));
            assert_ends_empty(&map, actors);
        }
    }
}

#[test]
fn a_panicking_drop_of_a_value_in_the_middle_of_a_search() {
    for bomb in bombs() {
        let (map, actors) = cast::<AllAlike>(5);
        map.insert(Key(9), &bomb);
        let until = once(Call::KeyEq, move |_| drop(bomb));
        assert_eq!(panic_of(|| map.get(&Key(2))), OOPS);
        drop(until);
        assert_is(&map, pairs(&actors));
    }
}

#[test]
fn a_panicking_clone_of_a_key() {
    type Act = fn(&OneShard);
    let acts: [(Act, u32); 6] = [
        (|map| drop(map.iter()), 5),
        (|map| drop(map.keys()), 5),
        (|map| drop(map.clone()), 5),
        (|map| drop(map.get_key_value(&Key(1))), 5),
        (|map| drop(map.into_iter()), 5),
        (|map| map.for_each(|_, _| drop(map.remove_entry(&Key(1)))), 4),
    ];
    for (act, left) in acts {
        let (map, actors) = cast::<AllAlike>(5);
        let until = on(Call::KeyClone, |number| assert!(number != 1, "{OOPS}"));
        assert_eq!(panic_of(|| act(&map)), OOPS);
        drop(until);
        assert_is(&map, pairs(&actors).filter(|pair| left == 5 || pair.0 != 1));
        assert_eq!(weakref_count(&actors[1]), usize::from(left == 5));
        assert_ends_empty(&map, actors);
    }
}

#[test]
fn a_panicking_visitor() {
    let (map, actors) = cast::<AllAlike>(5);
    assert_eq!(panic_of(|| map.for_each(|_, _| oops(()))), OOPS);
    assert_is(&map, pairs(&actors));
    let mut asked = 0;
    let message = panic_of(|| {
        map.retain(|_, _| {
            asked += 1;
            assert!(asked < 3, "{OOPS}");
            false
        });
    });
    assert_eq!(message, OOPS);
    assert_eq!(map.len(), 3, "what has been refused before is gone");
    let left: Vec<_> = map.keys().map(|key| key.0).collect();
    assert_is(&map, pairs(&actors).filter(|pair| left.contains(&pair.0)));
    assert_ends_empty(&map, actors);
}

#[test]
fn a_panicking_visitor_inside_another() {
    let (map, actors) = cast::<AllAlike>(5);
    map.for_each(|key, _| {
        let message = panic_of(|| {
            map.retain(|other, _| {
                assert!(other.0 != key.0, "{OOPS}");
                true
            });
        });
        assert_eq!(message, OOPS);
        assert_eq!(map.get(key).unwrap().number, key.0);
    });
    assert_is(&map, pairs(&actors));
}

#[test]
fn a_panicking_eq_or_debug_of_a_value() {
    #[derive(weakref_core::Weakrefable)]
    struct Bad(WeakSlot<Here>);
    impl PartialEq for Bad {
        fn eq(&self, _: &Self) -> bool {
            panic!("{OOPS}")
        }
    }
    impl std::fmt::Debug for Bad {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("{OOPS}")
        }
    }
    let value = Ptr::new(Bad(WeakSlot::new()));
    let map = WeakValueMap::from([(1, value.clone())]);
    let other = map.clone();
    assert_eq!(panic_of(|| map == other), OOPS);
    assert_eq!(panic_of(|| format!("{map:?}")), OOPS);
    assert_eq!((map.len(), other.len()), (1, 1));
    assert!(Ptr::ptr_eq(&map.remove(&1).unwrap(), &value));
    drop(value);
    assert!(map.is_empty() && other.is_empty());
}

#[test]
fn a_panicking_iterator_in_extend() {
    let [one, two] = [1, 2].map(actor);
    let mut map: Map = Map::default();
    let pairs = [Some((Key(1), one.clone())), None, Some((Key(2), two.clone()))];
    let message = panic_of(|| {
        map.extend(pairs.into_iter().map(|pair| pair.unwrap_or_else(|| panic!("{OOPS}"))));
    });
    assert_eq!(message, OOPS);
    assert_is(&map, [(1, &one)]);
}
