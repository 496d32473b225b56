//! Panics in the destructors and clones of values: the map stays whole each time, and nothing leaks.

use super::*;

type Act = fn(&Values, &[Owner]);

/// Runs `act`, in which the drop of some value panics; afterwards the map has these pairs.
fn dropping(act: Act, left: impl Fn(&Owner) -> Option<u32>) {
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
fn same(key: &Owner) -> Option<u32> {
    Some(key.name() * 10)
}

fn without_1(key: &Owner) -> Option<u32> {
    (key.name() != 1).then_some(key.name() * 10)
}

#[allow(clippy::unnecessary_wraps)] // as `dropping` wants it
fn with_5_for_1(key: &Owner) -> Option<u32> {
    Some(if key.name() == 1 { 5 } else { key.name() * 10 })
}

#[test]
fn of_a_value_that_is_removed() {
    dropping(|map, keys| ignore(map.remove(&*keys[1])), without_1);
    dropping(|map, keys| ignore(map.remove_entry(&*keys[1])), without_1);
    dropping(|map, _| map.retain(|key, _| key.name() != 1), without_1);
}

#[test]
fn of_a_value_that_is_replaced() {
    dropping(|map, keys| ignore(map.insert(&keys[1], Value::new(5))), with_5_for_1);
    dropping(|map, keys| ignore(map.replace_key(&keys[1], Value::new(5))), with_5_for_1);
    dropping(|map, keys| map.update([(keys[1].clone(), Value::new(5))]), with_5_for_1);
    dropping(
        |map, keys| ignore(map.with_mut(&*keys[1], |value| *value = Value::new(5))),
        with_5_for_1,
    );
}

#[test]
fn of_a_value_that_is_not_wanted() {
    dropping(|map, keys| ignore(map.get(&*keys[1])), same);
    dropping(|map, _| ignore(map.iter()), same);
}

#[test]
fn of_a_value_that_or_insert_does_not_need() {
    // The entry that it would have returned must not stay for ever: it owns the key.
    dropping(|map, keys| ignore(map.entry(&keys[1]).or_insert(Value::new(5))), same);
}

#[test]
fn of_the_values_of_a_whole_map() {
    let acts: [fn(&Values); 3] =
        [|map| map.clear(), |map| ignore(map.drain()), |map| map.retain(|_, _| false)];
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
        assert_is(&map, there.map(|key| (key, key.name() * 10)));
        act(&map);
        assert_is(&map, []);
        drop(keys);
        leaks.assert_none();
    }
}

#[test]
fn of_a_factorys_value_that_gives_way() {
    let leaks = Leaks::watch();
    let (map, key) = (Values::default(), item(1));
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
fn at_a_death_goes_to_the_hook() {
    let unraisables = weakref_tests::Unraisables::listen();
    let leaks = Leaks::watch();
    let (map, mut keys) = filled::<Value>(5);
    let until = on(Call::ValueDrop, |number| assert_ne!(number, 30, "{OOPS}"));
    let doomed = keys.remove(3);
    assert_eq!(caught(|| drop(doomed)), Ok(()), "a death does not panic");
    drop(until);
    let seen = unraisables.messages();
    assert!(matches!(&seen[..], [message] if message.contains(OOPS)), "{seen:?}");
    assert_is(&map, pairs(&keys));
    assert_ends_empty(&map, keys);
    leaks.assert_none();
}

/// A drop of the value that finds the map unlocked.
#[test]
fn a_value_that_is_not_inserted_as_eq_panics_is_dropped_outside() {
    for replace in [false, true] {
        let (map, mut keys) = filled::<Value>(1);
        let (equal, inner) = (item(0), Ptr::clone(&map));
        let lens = Log::default();
        let notes = lens.clone();
        let until_drop = on(Call::ValueDrop, move |number| {
            if number == 5 {
                notes.put(inner.len());
            }
        });
        let until_eq = on(Call::KeyEq, oops);
        let insert = || {
            let value = Value::new(5);
            if replace { map.replace_key(&equal, value) } else { map.insert(&equal, value) }
        };
        let panicked = caught(insert).is_err();
        drop((until_eq, until_drop));
        // By address, nothing is compared.
        assert!(if panicked { lens.take() == [1] } else { map.len() == 2 });
        drop(equal);
        assert_is(&map, pairs(&keys));
        keys.clear();
        assert_is(&map, []);
    }
}

#[test]
fn b378_of_the_clone_of_a_value() {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(10);
    let acts: [fn(&Values); 6] = [
        |map| ignore(map.clone()),
        |map| ignore(map | map),
        |map| ignore(map.iter()),
        |map| ignore(map.values()),
        |map| ignore(map.get(&*map.keys().next().unwrap())),
        |map| {
            let mut other = Values::default();
            other |= map;
        },
    ];
    for act in acts {
        let until = once(Call::ValueClone, oops);
        assert_panics(OOPS, || act(&map));
        drop(until);
        assert_is(&map, pairs(&keys));
        assert!(keys.iter().all(|key| weakref_count(key) == 1));
    }
    assert_ends_empty(&map, keys);
    leaks.assert_none();
}
