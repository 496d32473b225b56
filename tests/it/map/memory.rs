//! Room: asked for, kept and given back.

use std::hash::{DefaultHasher, Hasher};

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

/// Makes hashers that are the same in each run, and others for another seed.
#[derive(Clone)]
struct Seed(u64);

impl BuildHasher for Seed {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(self.0);
        hasher
    }
}

/// Returns how many of 60 maps, each with the room that `prepare` makes, do not grow as they are filled
/// with so many entries.
fn do_not_grow(prepare: fn(Seed, usize) -> Map<Seed>) -> usize {
    let value = actor(1);
    let grows = |seed, size: u32| {
        let map = prepare(Seed(seed), size as usize);
        let room = map.capacity();
        assert!(room >= size as usize);
        for number in 0..size {
            map.insert(Key(number), &value);
        }
        map.capacity() > room
    };
    let sizes = [100, 896, 1792].into_iter();
    sizes.map(|size| (0..20).filter(|seed| !grows(*seed, size)).count()).sum()
}

#[test]
fn the_room_that_was_asked_for_is_enough_wherever_the_keys_fall() {
    let made = do_not_grow(|seed, size| Map::with_capacity_and_hasher(size, seed));
    assert!(made >= DO_NOT_GROW, "{made}");
    let reserved = do_not_grow(|seed, size| {
        let map = Map::with_hasher(seed);
        map.reserve(size);
        map
    });
    assert!(reserved >= DO_NOT_GROW, "{reserved}");
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
