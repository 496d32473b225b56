//! One object in very many containers, and very many times in one: time and memory.

use std::{hint::black_box, time::Instant};

use allocation_counter::measure;
use weakref_core::weakref_count;
use weakref_tests::{limit, rounds};

use super::harness::{Container, Owner, Pair, item, weak_half};

for_kinds! {
    all:
    slow_one_object_in_many_containers
    one_object_outlives_many_containers
    one_object_in_and_out_of_one_container
    slow_a_container_with_room_for_many_is_emptied_many_times
}

/// The object that stands in the containers, and another that is the other half of its entries.
fn pair() -> Pair {
    (item(1), item(2))
}

fn filled<C: Container>(count: usize, (key, value): &Pair) -> Vec<C> {
    let put = |_| {
        let container = C::default();
        container.insert(key, value);
        container
    };
    (0..count).map(put).collect()
}

fn slow_one_object_in_many_containers<C: Container>() {
    let death = |count: usize| {
        let pair = pair();
        let containers = filled::<C>(count, &pair);
        assert_eq!(weakref_count(weak_half::<C>(&pair)), count);
        let start = Instant::now();
        drop(pair);
        let took = start.elapsed();
        assert!(containers.iter().all(C::is_empty));
        took
    };
    let fastest = |count: usize| (0..3).map(|_| death(count)).min().unwrap();
    let (few, many) = (500, 10_000);
    let (small, large) = (fastest(few), fastest(many));
    // Twenty times the work; quadratic, it would be four hundred times.
    let plenty = (150 * small).max(limit(1) / 2);
    assert!(large < plenty, "{few} took {small:?}, {many} took {large:?}");
}

/// Containers come and go, in this order and in the other, and the object forgets them.
fn one_object_outlives_many_containers<C: Container>() {
    let pair = pair();
    let around = || {
        for _ in 0..rounds(1_000) {
            drop(filled::<C>(1, &pair));
        }
        let mut containers = filled::<C>(500, &pair);
        assert_eq!(weakref_count(weak_half::<C>(&pair)), 500);
        containers.drain(..250).for_each(drop);
        containers.into_iter().rev().for_each(drop);
        assert_eq!(weakref_count(weak_half::<C>(&pair)), 0);
    };
    around();
    let left = measure(around).bytes_current;
    assert_eq!(left, 0, "the object's slot grows");
}

fn one_object_in_and_out_of_one_container<C: Container>() {
    let pair = pair();
    let (key, value) = &pair;
    let container = C::default();
    let in_and_out = || {
        assert!(container.insert(key, value).is_none());
        black_box(container.remove(key)).expect("it was there");
    };
    in_and_out();
    let left = measure(|| (0..rounds(50_000)).for_each(|_| in_and_out())).bytes_current;
    assert_eq!(left, 0, "something grows");
    assert_eq!(weakref_count(key) + weakref_count(value), 0);

    container.insert(key, value);
    let again = || drop(container.replace(key, value));
    again();
    let left = measure(|| (0..rounds(50_000)).for_each(|_| again())).bytes_current;
    assert_eq!(left, 0, "something grows");
    assert_eq!(weakref_count(weak_half::<C>(&pair)), 1);
}

/// What becomes empty and is filled again keeps its room, and nothing as large as that is made anew.
fn slow_a_container_with_room_for_many_is_emptied_many_times<C: Container>() {
    const ROOM: usize = 100_000;
    type Way<C> = fn(&C, Owner, Owner);
    // The last two look through the whole room.
    let ways: [(&str, usize, Way<C>); 4] = [
        ("a removal", 1_000, |container, key, _value| drop(container.remove(&key))),
        ("a death", 1_000, |_, key, value| drop((key, value))),
        ("a pop", 20, |container, _key, _value| drop(container.pop())),
        ("a retain", 20, |container, _key, _value| container.retain(Box::new(|_, _| false))),
    ];
    let container = C::default();
    container.reserve(ROOM);
    for (name, times, way) in ways {
        let fill_and_empty = || {
            let (key, value) = pair();
            assert!(container.insert(&key, &value).is_none());
            way(&container, key, value);
            assert!(container.is_empty());
        };
        fill_and_empty();
        let at_once = measure(|| (0..times).for_each(|_| fill_and_empty())).bytes_max;
        assert!(at_once < 2_000, "{name} allocates {at_once} bytes at once");
    }
    let clear_again = || {
        container.clear();
        assert!(container.drain().is_empty());
    };
    let at_once = measure(|| (0..1_000).for_each(|_| clear_again())).bytes_max;
    assert!(at_once < 2_000, "to clear what is empty allocates {at_once} bytes at once");
    assert!(container.capacity() >= ROOM);
}
