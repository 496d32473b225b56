//! Room: asked for, kept and given back.

use weakref_core::WeakValueMap;

use super::*;

/// Tables start with room for a few entries; and there are several of them.
const LITTLE: usize = 2_000;

const MANY: u32 = 100_000;

#[test]
fn a_large_map_gives_its_memory_back_as_its_values_die() {
    let (map, actors) = cast::<std::hash::RandomState>(MANY);
    assert!(map.capacity() >= MANY as usize);
    drop(actors);
    assert!(map.capacity() < LITTLE, "{}", map.capacity());
    assert_is(&map, []);
}

#[test]
fn clear_and_remove_give_memory_back() {
    let (map, actors) = cast::<std::hash::RandomState>(MANY);
    map.clear();
    assert!(map.capacity() < LITTLE, "{}", map.capacity());
    for actor in &actors {
        map.insert(Key(actor.number), actor);
    }
    for actor in &actors {
        map.remove(&Key(actor.number));
    }
    assert!(map.capacity() < LITTLE, "{}", map.capacity());
    for actor in &actors {
        map.insert(Key(actor.number), actor);
    }
    map.retain(|_, _| false);
    assert!(map.capacity() < LITTLE, "{}", map.capacity());
}

#[test]
fn reserved_room_stays() {
    const ROOM: usize = 10_000;
    let map: Map = Map::with_capacity(ROOM);
    let room = map.capacity();
    assert!(room >= ROOM);
    let actors: Vec<_> = (0..1000).map(actor).collect();
    for actor in &actors {
        map.insert(Key(actor.number), actor);
    }
    assert_eq!(map.capacity(), room, "nothing had to grow");
    drop(actors);
    assert!(map.capacity() >= ROOM);
    map.clear();
    assert!(map.capacity() >= ROOM);
    map.shrink_to_fit();
    assert_eq!(map.capacity(), 0);
}

#[test]
fn reserve_makes_room_for_more() {
    let (map, actors) = cast::<std::hash::RandomState>(100);
    map.reserve(5_000);
    assert!(map.capacity() >= 5_100, "{}", map.capacity());
    assert_is(&map, pairs(&actors));
    drop(actors);
    assert!(map.capacity() >= 5_000, "it is kept");
}

#[test]
fn shrink_to_fit_keeps_the_entries() {
    let (map, actors) = cast::<std::hash::RandomState>(100);
    map.reserve(50_000);
    map.shrink_to_fit();
    assert!((100..LITTLE).contains(&map.capacity()), "{}", map.capacity());
    assert_is(&map, pairs(&actors));
    assert_ends_empty(&map, actors);
}

#[test]
fn after_shrink_to_fit_a_reservation_is_forgotten() {
    let (map, actors) = cast::<std::hash::RandomState>(MANY);
    map.reserve(10 * MANY as usize);
    map.shrink_to_fit();
    drop(actors);
    assert!(map.capacity() < LITTLE, "{}", map.capacity());
}

#[test]
#[should_panic(expected = "overflow")]
fn too_much_room_is_refused() {
    drop(WeakValueMap::<u64, Actor>::with_capacity(usize::MAX / 2));
}

#[test]
fn a_new_map_has_no_tables() {
    assert_eq!(Map::<std::hash::RandomState>::new().capacity(), 0);
}

#[test]
fn get_key_value_does_not_walk_through_the_table() {
    let time = |size| {
        let (map, _actors) = cast::<std::hash::RandomState>(size);
        let once = || {
            let started = std::time::Instant::now();
            (0..200).for_each(|key| drop(map.get_key_value(&Key(key))));
            started.elapsed()
        };
        (0..5).map(|_| once()).min().unwrap()
    };
    let (few, many) = (time(500), time(MANY));
    // A walk would take a thousand times as long.
    assert!(many < 100 * few, "{few:?} and, with 200 times as many entries, {many:?}");
}
