//! `get_or_insert_with` and `get_or_try_insert_with`, in one thread.

use super::*;

#[test]
fn b269_what_is_there_is_returned() {
    let (map, keys) = filled::<u32>(2);
    assert_eq!(map.get_or_insert_with(&keys[1], || unreachable!()), 10);
    let new = thing(5);
    assert_eq!(map.get_or_insert_with(&new, || 50), 50);
    assert_eq!(map.get_or_insert_with(&new, || unreachable!()), 50);
    assert_eq!(weakref_count(&new), 1);
    assert_is(&map, pairs(&keys).chain([(&new, 50)]));
}

#[test]
fn an_error_leaves_the_key_to_the_next() {
    let (map, key) = (Numbers::default(), thing(1));
    assert_eq!(map.get_or_try_insert_with(&key, || Err("no")), Err("no"));
    assert!(map.is_empty());
    assert_eq!(weakref_count(&key), 0);
    assert_eq!(map.get_or_try_insert_with(&key, || Ok::<_, ()>(7)), Ok(7));
    assert_eq!(map.get_or_try_insert_with(&key, || Err("no")), Ok(7));
    assert_is(&map, [(&key, 7)]);
}

#[test]
fn b378_a_panic_leaves_the_key_to_the_next() {
    let (map, key) = (Numbers::default(), thing(1));
    assert_panics(OOPS, || map.get_or_insert_with(&key, || panic!("{OOPS}")));
    assert!(map.is_empty());
    assert_eq!(Ptr::strong_count(&key), 1);
    assert_eq!(map.get_or_insert_with(&key, || 7), 7);
    assert_is(&map, [(&key, 7)]);
}

#[test]
fn a_factory_may_use_the_map_for_other_keys() {
    without_deadlock(|| {
        let (map, keys) = filled::<u32>(3);
        let [new, other] = [8, 9].map(thing);
        let made = map.get_or_insert_with(&new, || {
            map.remove(&*keys[0]);
            assert_eq!(map.get_or_insert_with(&other, || 90), 90);
            assert!(!map.contains_key(&*new));
            map.len().try_into().unwrap()
        });
        assert_eq!(made, 3);
        assert_is(&map, [(&keys[1], 10), (&keys[2], 20), (&new, 3), (&other, 90)]);
    });
}

#[test]
fn a_factory_that_needs_its_own_key_panics() {
    without_deadlock(|| {
        let (map, keys) = filled::<u32>(2);
        let [new, other] = [8, 9].map(thing);
        assert_panics(CIRCLE, || {
            map.get_or_insert_with(&new, || map.get_or_insert_with(&new, || 1))
        });
        // By way of another key.
        assert_panics(CIRCLE, || {
            map.get_or_insert_with(&new, || {
                map.get_or_insert_with(&other, || map.entry(&new).or_insert(1).get().unwrap())
            })
        });
        assert_is(&map, pairs(&keys));
        assert_eq!(map.get_or_insert_with(&new, || 1), 1);
    });
}

#[test]
fn a_factory_whose_key_is_inserted_meanwhile_gives_way() {
    let leaks = Leaks::watch();
    let (map, key) = (Values::default(), thing(1));
    let value = map.get_or_insert_with(&key, || {
        map.insert(&key, Value::new(1));
        Value::new(2)
    });
    assert_eq!(value.number, 1);
    drop(value);
    assert_is(&map, [(&key, 1)]);
    drop((map, key));
    leaks.assert_none();
}

#[test]
fn what_a_factory_made_is_returned_even_if_it_is_gone_at_once() {
    // Its clone removes it from the map.
    let (map, key) = filled::<Value>(0);
    let owner = thing(1);
    let leaks = Leaks::watch();
    let (inner, wanted) = (Ptr::clone(&map), owner.clone());
    let until = on(Call::ValueClone, move |_| drop_it(caught(|| inner.remove(&*wanted))));
    let value = map.get_or_insert_with(&owner, || Value::new(5));
    drop(until);
    assert_eq!(value.number, 5);
    drop(value);
    assert_is(&map, []);
    leaks.assert_none();
    drop(key);
}

#[test]
fn a_factory_may_take_the_last_other_owner() {
    let map = Numbers::default();
    let key = thing(1);
    let only = key.clone();
    let mut others = vec![key];
    assert_eq!(map.get_or_insert_with(&only, || u32::try_from(others.drain(..).len()).unwrap()), 1);
    assert_is(&map, [(&only, 1)]);
    drop(only);
    assert_is(&map, []);
}
