//! Room: asked for, kept and given back.

use std::hash::{BuildHasher, DefaultHasher, Hasher};

use weakref_tests::{Call, assert_panics, caught, on, oops};

use super::{
    Here, Ptr,
    harness::{Container, Filled, ValueMap, assert_is, assert_unregistered, filled, item, items},
};

for_kinds! {
    all:
    room_that_was_asked_for_stays
    reserve_adds_to_what_is_there_and_stays
    room_that_cannot_be_had_is_an_error_or_a_panic
    shrinking_keeps_the_entries
    room_in_large_containers
    room_reserved_in_a_walk_stays
    slow_room_that_entries_leave_is_given_back
    slow_after_shrink_to_fit_a_reservation_is_forgotten
}
for_kinds! { by_equality: neither_growing_nor_shrinking_calls_hash }

/// Tables start with room for a few entries; and there are several of them.
const LITTLE: usize = 2_000;

fn room_that_was_asked_for_stays<C: Container>() {
    const ROOM: u32 = 10_000;
    let it = C::with_capacity(ROOM as usize);
    let room = it.capacity();
    assert!(room >= ROOM as usize);
    assert_is(&it, []);
    let pairs = C::new_pairs(ROOM / 10);
    it.update(pairs.clone());
    assert_eq!(it.capacity(), room, "nothing had to grow");
    drop(pairs);
    // What is removed from a crowded place can take some of it.
    let is_kept = |it: &C| (ROOM as usize..=room).contains(&it.capacity());
    assert!(it.is_empty() && is_kept(&it));
    it.clear();
    assert!(is_kept(&it));
    drop(it.drain());
    assert!(is_kept(&it));
    it.shrink_to_fit();
    assert_eq!(it.capacity(), 0);
}

fn neither_growing_nor_shrinking_calls_hash<C: Container>() {
    let Filled { it, pairs } = filled::<C>(100);
    let until = on(Call::KeyHash, oops);
    it.reserve(10_000);
    it.shrink_to_fit();
    drop(until);
    assert_is(&*it, &pairs);
}

fn reserve_adds_to_what_is_there_and_stays<C: Container>() {
    let reserve: [fn(&C); 2] = [|it| it.reserve(5_000), |it| assert!(it.try_reserve(5_000))];
    for reserve in reserve {
        let Filled { it, pairs } = filled::<C>(100);
        reserve(&it);
        let room = it.capacity();
        assert!(room >= 5_100, "{room}");
        assert_is(&*it, &pairs);
        it.clear();
        assert_unregistered::<C>(&pairs);
        it.insert(&pairs[3].0, &pairs[3].1);
        assert_is(&*it, &pairs[3..4]);
        drop(pairs);
        assert!((5_000..=room).contains(&it.capacity()), "it is kept");
    }
}

fn room_that_cannot_be_had_is_an_error_or_a_panic<C: Container>() {
    let filled = filled::<C>(10);
    assert!(filled.it.try_reserve(1000));
    for too_much in [usize::MAX, usize::MAX / 2] {
        assert!(!filled.it.try_reserve(too_much));
        assert!(caught(|| filled.it.reserve(too_much)).is_err());
        assert_panics("overflow", || C::with_capacity(too_much));
    }
    filled.assert_untouched();
    filled.assert_ends_empty();
    let map = <ValueMap>::default();
    assert!(!map.try_reserve(usize::MAX).unwrap_err().to_string().is_empty());
}

fn shrinking_keeps_the_entries<C: Container>() {
    let Filled { it, pairs } = filled::<C>(20);
    it.reserve(5000);
    it.shrink_to(1000);
    let room = it.capacity();
    assert!((1000..5000).contains(&room), "{room}");
    it.shrink_to_fit();
    assert!((20..room).contains(&it.capacity()));
    assert_is(&*it, &pairs);
    it.clear();
    it.shrink_to_fit();
    assert_eq!(it.capacity(), 0);
    it.update(pairs.clone());
    Filled { it, pairs }.assert_ends_empty();
}

fn room_in_large_containers<C: Container>() {
    // Larger than a table that has one segment, in one shard and in several.
    let it = C::default();
    it.reserve(100_000);
    assert!(it.capacity() >= 100_000);
    it.shrink_to(20_000);
    let room = it.capacity();
    assert!((20_000..80_000).contains(&room), "{room}");
    it.shrink_to(1_000);
    let room = it.capacity();
    assert!((1_000..20_000).contains(&room), "{room}");
    // It is never less than what is there.
    let pairs = C::new_pairs(2_000);
    for (key, value) in &pairs {
        it.insert(key, value);
        assert!(it.capacity() >= it.len());
    }
    drop(pairs);
    it.shrink_to_fit();
    assert_eq!((it.len(), it.capacity()), (0, 0));
}

fn room_reserved_in_a_walk_stays<C: Container>() {
    let Filled { it, pairs } = filled::<C>(5);
    let mut is_first = true;
    it.retain(Box::new(|_, _| {
        if std::mem::take(&mut is_first) {
            it.reserve(3_000);
            assert!(it.capacity() >= 3_000);
        }
        true
    }));
    // Other shards had no part in the walk when it was reserved.
    assert!(it.capacity() >= 3_000, "{}", it.capacity());
    assert_is(&*it, &pairs);
}

fn slow_room_that_entries_leave_is_given_back<C: Container>() {
    type Empty<C> = fn(&C, Vec<super::harness::Pair>);
    let ways: [Empty<C>; 5] = [
        |_, pairs| drop(pairs),
        |it, _pairs| it.clear(),
        |it, pairs| pairs.iter().for_each(|pair| drop(it.remove(&pair.0))),
        |it, _pairs| it.retain(Box::new(|_, _| false)),
        |it, _pairs| drop(it.drain()),
    ];
    let it = C::default();
    for empty in ways {
        let pairs = C::new_pairs(20_000);
        it.update(pairs.clone());
        assert!(it.capacity() >= 20_000);
        empty(&it, pairs);
        assert!(it.is_empty() && it.capacity() < LITTLE, "{}", it.capacity());
    }
}

fn slow_after_shrink_to_fit_a_reservation_is_forgotten<C: Container>() {
    let Filled { it, pairs } = filled::<C>(20_000);
    it.reserve(200_000);
    it.shrink_to_fit();
    drop(pairs);
    assert!(it.capacity() < LITTLE, "{}", it.capacity());
}

/// Makes hashers that are the same in each run, and others for another seed.
#[derive(Clone, Default)]
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
fn do_not_grow(prepare: fn(Seed, usize) -> ValueMap<Seed>) -> usize {
    let (value, keys) = (item(1), items(0..1792));
    let grows = |seed, size: usize| {
        let map = prepare(Seed(seed), size);
        let room = map.capacity();
        assert!(room >= size);
        for key in &keys[..size] {
            map.insert(key.clone(), &value);
        }
        map.capacity() > room
    };
    let sizes = [100, 896, 1792].into_iter();
    sizes.map(|size| (0..20).filter(|seed| !grows(*seed, size)).count()).sum()
}

#[test]
fn slow_the_room_that_was_asked_for_is_enough_wherever_the_keys_fall() {
    // Of `Arc`s, into which shard a key falls is chance.
    let enough = if weakref_tests::implements!(Ptr<u8>: Send) { 54 } else { 60 };
    let made = do_not_grow(|seed, size| ValueMap::with_capacity_and_hasher(size, seed));
    assert!(made >= enough, "{made}");
    let reserved = do_not_grow(|seed, size| {
        let map = ValueMap::with_hasher(seed);
        map.reserve(size);
        map
    });
    assert!(reserved >= enough, "{reserved}");
}

#[test]
fn slow_get_key_value_does_not_walk_through_the_table() {
    let time = |size| {
        let Filled { it: map, pairs } = filled::<ValueMap>(size);
        let once = || {
            let started = std::time::Instant::now();
            pairs[..200].iter().for_each(|pair| drop(map.get_key_value(&pair.0)));
            started.elapsed()
        };
        (0..5).map(|_| once()).min().unwrap()
    };
    let (few, many) = (time(500), time(100_000));
    // A walk would take a thousand times as long.
    assert!(many < 100 * few, "{few:?} and, with 200 times as many entries, {many:?}");
}

#[test]
fn slow_a_value_under_many_keys_is_taken_back_one_by_one() {
    const KEYS: usize = 20_000;
    let map = weakref_core::WeakValueMap::<usize, weakref_core::Slotted<u8, Here>>::new();
    let value = Ptr::new(weakref_core::Slotted::new(0));
    for key in 0..KEYS {
        map.insert(key, &value);
    }
    // Neither in the order of insertion nor in the reverse; were each a search through the list,
    // this would take 200 million steps.
    for step in 0..KEYS / 2 {
        let key = step * 7919 % KEYS;
        assert!(map.remove(&key).is_some(), "{key}");
        assert_eq!(weakref_core::weakref_count(&value), KEYS - 1 - step);
    }
    assert_eq!(map.len(), KEYS / 2);
    drop(value);
    assert!(map.is_empty());
}
