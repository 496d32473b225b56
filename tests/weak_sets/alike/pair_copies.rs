//! Maps with weak keys and values: copies, comparisons, and what two of them make together.

use super::*;

#[test]
fn b348_b361_a_clone_is_another_map_of_the_same_objects() {
    let (map, mut keys, mut values) = map_of(10);
    let clone = Map::clone(&map);
    assert_eq!((counts(&keys), counts(&values)), (vec![2; 10], vec![2; 10]));
    clone.remove(&*keys[0]);
    assert_pairs(&map, keys.iter().zip(&values));
    assert_pairs(&clone, keys[1..].iter().zip(&values[1..]));
    drop(map);
    keys.truncate(8);
    values.truncate(6);
    assert_pairs(&clone, keys[1..6].iter().zip(&values[1..]));
    drop(keys);
    assert_pairs(&clone, []);
}

#[test]
fn collected_extended_and_made_of_arrays() {
    let (keys, values) = (items(0..3), items(10..13));
    let pairs = || keys.iter().cloned().zip(values.iter().cloned());
    let mut map: Map = pairs().take(2).collect();
    assert_pairs(&map, keys.iter().zip(&values).take(2));
    map.extend(pairs().chain([(item(50), values[0].clone()), (keys[1].clone(), item(51))]));
    // The last value under the second key was nobody's.
    assert_pairs(&map, [(&keys[0], &values[0]), (&keys[2], &values[2])]);
    map.update(Vec::<(Ptr<Item>, Ptr<Item>)>::new());
    let made = Map::from([(keys[0].clone(), values[1].clone()), (item(7), item(8))]);
    assert_pairs(&made, [(&keys[0], &values[1])]);
    map.update(&made);
    assert_pairs(&map, [(&keys[0], &values[1]), (&keys[2], &values[2])]);
}

#[test]
fn b356_b357_b359_the_right_ones_values_win() {
    let (left, keys, values) = map_of(3);
    let (new, other) = (item(50), item(51));
    let right = Map::from([(keys[1].clone(), other.clone()), (new.clone(), other.clone())]);
    let expected =
        [(&keys[0], &values[0]), (&keys[1], &other), (&keys[2], &values[2]), (&new, &other)];
    assert_pairs(&(&left | &right), expected);
    // B357: the other way round, the other one's values win.
    let mirrored = [(&keys[1], &values[1]), (&new, &other)];
    let rest = [(&keys[0], &values[0]), (&keys[2], &values[2])];
    assert_pairs(&(&right | &left), mirrored.into_iter().chain(rest));
    assert_pairs(&left, keys.iter().zip(&values));
    let mut changed = left.clone();
    changed |= &right;
    assert_pairs(&changed, expected);
    let mut reference = &left;
    reference |= &right;
    assert_pairs(&left, expected);
    reference |= &left;
    assert_pairs(&left, expected);
    assert_pairs(&right, [(&keys[1], &other), (&new, &other)]);
    drop(other);
    assert_pairs(&left, [(&keys[0], &values[0]), (&keys[2], &values[2])]);
}

#[test]
fn equality_and_parts() {
    let (map, keys, mut values) = map_of(4);
    let part = Map::from([(keys[0].clone(), values[0].clone())]);
    let twin = Map::from([(keys[0].clone(), item(100))]);
    assert!(twin.is_empty());
    assert_eq!(map, map.clone());
    assert_ne!(map, part);
    assert_ne!(part, map);
    assert!(part.is_submap(&map) && !map.is_submap(&part) && Map::<Item>::new().is_submap(&part));
    // Values are compared by their own equality, keys as the map does.
    let equal = item(100);
    let other = Map::from([(keys[0].clone(), equal.clone())]);
    assert!(other == part && other.is_submap(&map));
    let unequal = Map::from([(keys[0].clone(), values[1].clone())]);
    assert!(unequal != part && !unequal.is_submap(&map) && unequal.domain_is_subset(&map));
    assert!(
        unequal.is_submap_with(&part, |mine, theirs| {
            (mine.number(), theirs.number()) == (101, 100)
        })
    );
    assert!(!unequal.is_submap_with(&part, |_, _| false));
    assert!(!map.domain_is_subset(&part) && part.domain_is_subset(&map));
    values.truncate(1);
    assert!(map == part && map.domain_is_subset(&part));
    drop(keys);
    assert!(map == Map::new());
}

#[test]
fn the_text_form_shows_the_living() {
    let (map, keys, values) = map_of(1);
    assert_eq!(format!("{map:?}"), "{Item 0: Item 100}");
    drop(values);
    assert_eq!(format!("{map:?}"), "{}");
    drop(keys);
    assert!(!weakref_tests::implements!(Map: std::hash::Hash));
    assert!(weakref_tests::implements!(Map: Eq + Default));
}
