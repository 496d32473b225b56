//! Panics in the destructors of values: the map stays whole each time, and nothing leaks.

use super::*;

type Act = fn(&Values, &[Ptr<Thing>]);

/// Runs `act`, in which the drop of some value panics; afterwards the map has these pairs.
fn dropping(act: Act, left: impl Fn(&Ptr<Thing>) -> Option<u32>) {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(6);
    let until = once(Call::ValueDrop, oops);
    assert_panics(OOPS, || act(&map, &keys));
    drop(until);
    assert_is(&map, keys.iter().filter_map(|key| Some((key, left(key)?))));
    assert_ends_empty(&map, keys);
    leaks.assert_none();
}

#[allow(clippy::unnecessary_wraps)] // as `dropping` wants it
fn same(key: &Ptr<Thing>) -> Option<u32> {
    Some(key.number * 10)
}

fn without_1(key: &Ptr<Thing>) -> Option<u32> {
    (key.number != 1).then_some(key.number * 10)
}

#[allow(clippy::unnecessary_wraps)] // as `dropping` wants it
fn with_5_for_1(key: &Ptr<Thing>) -> Option<u32> {
    Some(if key.number == 1 { 5 } else { key.number * 10 })
}

#[test]
fn of_a_value_that_is_removed() {
    dropping(|map, keys| drop_it(map.remove(&*keys[1])), without_1);
    dropping(|map, keys| drop_it(map.remove_entry(&*keys[1])), without_1);
    dropping(|map, _| map.retain(|key, _| key.number != 1), without_1);
}

#[test]
fn of_a_value_that_is_replaced() {
    dropping(|map, keys| drop_it(map.insert(&keys[1], Value::new(5))), with_5_for_1);
    dropping(|map, keys| drop_it(map.replace_key(&keys[1], Value::new(5))), with_5_for_1);
    dropping(|map, keys| map.update([(keys[1].clone(), Value::new(5))]), with_5_for_1);
    dropping(
        |map, keys| drop_it(map.with_mut(&*keys[1], |value| *value = Value::new(5))),
        with_5_for_1,
    );
}

#[test]
fn of_a_value_that_is_not_wanted() {
    dropping(|map, keys| drop_it(map.get(&*keys[1])), same);
    dropping(|map, _| drop_it(map.iter()), same);
}

#[test]
fn of_a_value_that_or_insert_does_not_need() {
    // The entry that it would have returned must not stay for ever: it owns the key.
    dropping(|map, keys| drop_it(map.entry(&keys[1]).or_insert(Value::new(5))), same);
}

#[test]
fn of_the_values_of_a_whole_map() {
    let acts: [fn(&Values); 3] =
        [|map| map.clear(), |map| drop_it(map.drain()), |map| map.retain(|_, _| false)];
    for act in acts {
        let leaks = Leaks::watch();
        let (map, keys) = filled::<Value>(20);
        let until = once(Call::ValueDrop, oops);
        assert_panics(OOPS, || act(&map));
        drop(until);
        // What it has not come to stays, and is whole.
        assert!(map.len() < 20);
        assert_eq!(leaks.alive(), 20 + isize::try_from(map.len()).unwrap());
        let there = keys.iter().filter(|key| map.contains_key(&***key));
        assert_is(&map, there.map(|key| (key, key.number * 10)));
        act(&map);
        assert_is(&map, []);
        drop(keys);
        leaks.assert_none();
    }
}

#[test]
fn of_a_factorys_value_that_gives_way() {
    let leaks = Leaks::watch();
    let (map, key) = (Values::default(), thing(1));
    let until = once(Call::ValueDrop, |number| assert_ne!(number, 2, "{OOPS}"));
    assert_panics(OOPS, || {
        map.get_or_insert_with(&key, || {
            map.insert(&key, Value::new(1));
            Value::new(2)
        })
    });
    drop(until);
    assert_is(&map, [(&key, 1)]);
    drop((map, key));
    leaks.assert_none();
}

#[test]
fn of_a_value_as_the_map_is_dropped() {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(10);
    let until = once(Call::ValueDrop, oops);
    assert_panics(OOPS, || drop(map));
    drop(until);
    assert!(keys.iter().all(|key| weakref_count(key) == 0));
    drop(keys);
    leaks.assert_none();
}

#[test]
fn of_a_key_goes_to_whoever_dropped_it() {
    // The map has let go by then.
    let leaks = Leaks::watch();
    let (map, mut keys) = filled::<Value>(4);
    let until = once(Call::KeyDrop, oops);
    let doomed = keys.remove(1);
    assert_panics(OOPS, || drop(doomed));
    drop(until);
    assert_is(&map, pairs(&keys));
    let until = once(Call::KeyDrop, oops);
    assert_panics(OOPS, || drop(keys));
    drop(until);
    assert_is(&map, []);
    leaks.assert_none();
}

#[test]
fn of_the_last_owner_that_the_map_gives_away() {
    // Removed by a closure that drops all other owners: the panic is the caller's.
    let (map, mut keys) = filled::<u32>(3);
    let until = on(Call::KeyDrop, |number| assert_ne!(number, 1, "{OOPS}"));
    assert_panics(OOPS, || {
        map.retain(|key, _| {
            keys.retain(|owner| !Ptr::ptr_eq(owner, key));
            key.number != 1
        });
    });
    drop(until);
    assert!(map.len() <= 2);
    drop(keys);
    assert_is(&map, []);
}
