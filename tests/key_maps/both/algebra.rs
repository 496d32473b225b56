//! Maps as a whole: compared, copied, joined.

use super::*;

/// A map of some of the keys, each with ten times its number.
fn of(keys: &[Ptr<Thing>]) -> Numbers {
    keys.iter().map(|key| (key.clone(), key.number * 10)).collect()
}

#[test]
fn update_takes_pairs_from_anywhere() {
    let keys = things(4);
    let map = Numbers::default();
    map.update(&of(&keys[..2]));
    map.update([(keys[2].clone(), 20)]);
    map.update([(); 0].map(|()| (keys[3].clone(), 0)));
    assert_is(&map, pairs(&keys[..3]));
    map.update(vec![(keys[0].clone(), 5), (keys[3].clone(), 30), (keys[0].clone(), 6)]);
    assert_is(&map, [(&keys[0], 6), (&keys[1], 10), (&keys[2], 20), (&keys[3], 30)]);
    map.update(&map);
    assert_is(&map, [(&keys[0], 6), (&keys[1], 10), (&keys[2], 20), (&keys[3], 30)]);
}

#[test]
fn what_nobody_else_owns_is_gone_again() {
    let leaks = Leaks::watch();
    let kept = thing(1);
    let mut map: Values =
        [(kept.clone(), Value::new(1)), (thing(2), Value::new(2))].into_iter().collect();
    assert_is(&map, [(&kept, 1)]);
    map.extend([(thing(3), Value::new(3))]);
    map.update([(thing(4), Value::new(4))]);
    assert_is(&map, [(&kept, 1)]);
    assert_eq!(leaks.alive(), 2);
}

#[test]
fn b286_equality_goes_by_keys_and_values() {
    let keys = things(4);
    let map = of(&keys[..3]);
    assert_eq!(map, map.clone());
    assert_eq!(map, of(&keys[..3]));
    assert_ne!(map, of(&keys));
    assert_ne!(of(&keys), map);
    assert_ne!(map, of(&keys[1..]));
    assert_ne!(map, Numbers::default());
    assert_eq!(Numbers::default(), Numbers::default());
    let other = of(&keys[..3]);
    other.insert(&keys[1], 11);
    assert_ne!(map, other);
    other.insert(&keys[1], 10);
    assert_eq!(map, other);
}

#[test]
fn equality_sees_what_lives() {
    let mut keys = things(3);
    let (all, two) = (of(&keys), of(&keys[..2]));
    assert_ne!(all, two);
    keys.pop();
    assert_eq!(all, two);
}

#[test]
fn equality_of_values_is_their_own() {
    let key = thing(1);
    let map = Map::<Thing, f64>::default();
    map.insert(&key, f64::NAN);
    assert_ne!(map, map.clone());
    assert!(!map.is_submap(&map));
    let is_eq = |map: &Numbers| {
        fn eq<T: Eq>(one: &T, other: &T) -> bool {
            one == other
        }
        eq(map, map)
    };
    assert!(is_eq(&of(&[key])));
}

#[test]
fn submaps() {
    let keys = things(4);
    let (all, some, none) = (of(&keys), of(&keys[1..3]), Numbers::default());
    assert!(some.is_submap(&all) && !all.is_submap(&some));
    assert!(none.is_submap(&some) && !some.is_submap(&none));
    assert!(all.is_submap(&all) && none.is_submap(&none));
    some.insert(&keys[1], 0);
    assert!(!some.is_submap(&all));
    assert!(some.domain_is_subset(&all) && !all.domain_is_subset(&some));
    assert!(none.domain_is_subset(&none));
}

#[test]
fn is_submap_with_gives_this_ones_value_first() {
    let keys = things(4);
    let (small, large) = (of(&keys[1..3]), of(&keys));
    large.for_each_mut(|_, value| *value += 1);
    let mut asked = 0;
    assert!(small.is_submap_with(&large, |mine, theirs| {
        asked += 1;
        *mine + 1 == *theirs
    }));
    assert_eq!(asked, 2);
    assert!(!small.is_submap_with(&large, |mine, _| *mine == 10));
    assert!(!large.is_submap_with(&small, |_, _| true));
    // The closure may use both.
    assert!(small.is_submap_with(&large, |mine, _| {
        large.remove(&*keys[0]);
        small.get(&*keys[1]) == Some(10) && *mine >= 10
    }));
    assert_eq!((small.len(), large.len()), (2, 3));
}

#[test]
fn b286_the_text_form_shows_what_lives() {
    let mut keys = things(2);
    let map = of(&keys);
    assert!(format!("{map:?}").contains("Thing 1: 10"));
    keys.pop();
    assert_eq!(format!("{map:?}"), "{Thing 0: 0}");
    assert_eq!(format!("{map:#?}"), "{\n    Thing 0: 0,\n}");
    keys.pop();
    assert_eq!(format!("{map:?}"), "{}");
}

#[test]
fn b348_b349_a_clone_is_independent() {
    let (map, mut keys) = filled::<u32>(20);
    let clone = Map::clone(&map);
    assert_is(&clone, pairs(&keys));
    assert_eq!(weakref_count(&keys[0]), 2, "an entry of each");
    map.remove(&*keys[0]);
    clone.remove(&*keys[1]);
    clone.insert(&keys[2], 5);
    assert_eq!(map.get(&*keys[1]), Some(10));
    assert_eq!(map.get(&*keys[2]), Some(20));
    assert_eq!((map.len(), clone.len()), (19, 19));
    keys.truncate(2);
    assert_eq!((map.len(), clone.len()), (1, 1));
    drop(map);
    assert_is(&clone, pairs(&keys[..1]));
    assert_ends_empty(&clone, keys);
}

#[test]
fn b351_a_clone_has_the_same_keys_and_clones_of_the_values() {
    let keys = things(3);
    let map = Map::<Thing, Vec<u32>>::default();
    for key in &keys {
        map.insert(key, vec![key.number]);
    }
    let clone = map.clone();
    clone.for_each_mut(|_, value| value.push(9));
    for key in &keys {
        assert!(Ptr::ptr_eq(&clone.get_key(&**key).unwrap(), key));
        assert_eq!(map.get(&**key), Some(vec![key.number]));
        assert_eq!(clone.get(&**key), Some(vec![key.number, 9]));
    }
}

#[test]
fn b352_a_clone_while_entries_die() {
    let leaks = Leaks::watch();
    let (map, mut keys) = filled::<Value>(20);
    let doomed = keys.split_off(10);
    let until = once(Call::ValueClone, move |_| drop(doomed));
    let clone = Map::clone(&map);
    drop(until);
    // They lived as it began; nobody owns them as it ends.
    assert_is(&map, pairs(&keys));
    assert_is(&clone, pairs(&keys));
    drop((map, clone, keys));
    leaks.assert_none();
}

#[test]
fn b356_b357_the_right_side_wins() {
    let keys = things(3);
    let (left, right) = (of(&keys[..2]), of(&keys[1..]));
    right.for_each_mut(|_, value| *value += 1);
    let both = &left | &right;
    assert_is(&both, [(&keys[0], 0), (&keys[1], 11), (&keys[2], 21)]);
    assert_is(&(&right | &left), [(&keys[0], 0), (&keys[1], 10), (&keys[2], 21)]);
    assert_is(&left, [(&keys[0], 0), (&keys[1], 10)]);
    assert_is(&right, [(&keys[1], 11), (&keys[2], 21)]);
    assert_is(&(&left | &left), [(&keys[0], 0), (&keys[1], 10)]);
}

#[test]
fn b359_an_update_in_place() {
    let keys = things(3);
    let (mut left, right) = (of(&keys[..2]), of(&keys[1..]));
    right.for_each_mut(|_, value| *value += 1);
    left |= &right;
    assert_is(&left, [(&keys[0], 0), (&keys[1], 11), (&keys[2], 21)]);
    assert_is(&right, [(&keys[1], 11), (&keys[2], 21)]);
    // Of a map that is shared.
    let mut shared = &right;
    shared |= &of(&keys[..1]);
    assert_is(&right, [(&keys[0], 0), (&keys[1], 11), (&keys[2], 21)]);
}

#[test]
fn b359_an_update_by_itself() {
    without_deadlock(|| {
        let leaks = Leaks::watch();
        let (map, keys) = filled::<Value>(20);
        let mut left = &*map;
        left |= &map;
        assert_is(&map, pairs(&keys));
        assert!(keys.iter().all(|key| weakref_count(key) == 1));
        assert_ends_empty(&map, keys);
        leaks.assert_none();
    });
}

#[test]
fn b361_results_stay_weak() {
    let (map, keys) = filled::<u32>(5);
    let (clone, both) = (Map::clone(&map), &*map | &Numbers::default());
    drop(keys);
    assert!(map.is_empty() && clone.is_empty() && both.is_empty());
}

#[test]
fn b378_a_panicking_clone_of_a_value() {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(10);
    let acts: [fn(&Values); 6] = [
        |map| drop_it(map.clone()),
        |map| drop_it(map | map),
        |map| drop_it(map.iter()),
        |map| drop_it(map.values()),
        |map| drop_it(map.get(&*map.keys().next().unwrap())),
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
