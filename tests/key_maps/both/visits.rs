//! What goes through the whole map.

use super::*;

fn sorted(pairs: impl IntoIterator<Item = (Ptr<Thing>, u32)>) -> Vec<(u32, u32)> {
    let mut numbers: Vec<_> = pairs.into_iter().map(|(key, value)| (key.number, value)).collect();
    numbers.sort_unstable();
    numbers
}

fn expected(size: u32) -> Vec<(u32, u32)> {
    (0..size).map(|number| (number, number * 10)).collect()
}

#[test]
fn for_each_sees_each_once() {
    let (map, keys) = filled::<u32>(50);
    let mut seen = Vec::new();
    map.for_each(|key, value| {
        assert!(Ptr::ptr_eq(key, &keys[key.number as usize]));
        seen.push((key.clone(), *value));
    });
    assert_eq!(sorted(seen), expected(50));
}

#[test]
fn for_each_mut_changes_each() {
    let (map, keys) = filled::<u32>(50);
    map.for_each_mut(|key, value| *value += key.number);
    assert_is(&map, keys.iter().map(|key| (key, key.number * 11)));
}

#[test]
fn retain_removes_and_changes() {
    let (map, keys) = filled::<u32>(50);
    let mut asked = 0;
    map.retain(|key, value| {
        asked += 1;
        *value += 1;
        key.number % 2 == 0
    });
    assert_eq!(asked, 50);
    let even = keys.iter().filter(|key| key.number % 2 == 0);
    assert_is(&map, even.map(|key| (key, key.number * 10 + 1)));
    assert_eq!(weakref_count(&keys[1]), 0);
    assert_ends_empty(&map, keys);
}

#[test]
fn retain_does_not_touch_what_has_been_replaced() {
    let (map, keys) = filled::<u32>(20);
    let mut first = None;
    map.retain(|key, value| {
        if first.is_none() {
            first = Some(key.clone());
            for other in keys.iter().filter(|other| !Ptr::ptr_eq(other, key)) {
                map.insert(other, 1);
            }
        }
        *value == 1
    });
    let first = first.unwrap();
    let others = keys.iter().filter(|other| !Ptr::ptr_eq(other, &first));
    assert_is(&map, others.map(|key| (key, 1)));
}

#[test]
fn extract_if_takes_out_one_at_a_time() {
    let (map, keys) = filled::<u32>(20);
    let mut odd = map.extract_if(|key, value| {
        *value += 1;
        key.number % 2 == 1
    });
    assert_eq!(format!("{odd:?}"), "ExtractIf { .. }");
    assert_eq!(map.len(), 20, "it is lazy");
    let (key, value) = odd.next().unwrap();
    assert_eq!(value, key.number * 10 + 1, "as it has been changed");
    assert_eq!(map.len(), 19);
    assert_eq!(weakref_count(&key), 0);
    odd.next().unwrap();
    assert_eq!(map.len(), 18);
    drop(odd);
    assert_eq!(map.len(), 18, "what it has not come to stays");
    assert_eq!(map.extract_if(|key, _| key.number % 2 == 1).count(), 8);
    assert_eq!(map.len(), 10);
    assert_eq!(map.extract_if(|_, _| true).count(), 10);
    assert_is(&map, []);
    drop(keys);
}

#[test]
fn drain_takes_all_at_once() {
    let (map, keys) = filled::<u32>(50);
    let drain = map.drain();
    assert!(map.is_empty());
    assert_eq!(drain.len(), 50);
    assert!(keys.iter().all(|key| weakref_count(key) == 0));
    assert_eq!(format!("{drain:?}").matches("Thing").count(), 50);
    assert_eq!(sorted(drain), expected(50));
    assert_eq!(map.drain().len(), 0);
    assert_is(&map, []);
}

#[test]
fn b280_iter_keys_and_values_own_what_they_give() {
    let (map, keys) = filled::<u32>(50);
    assert_eq!(sorted(map.iter()), expected(50));
    assert_eq!(sorted(&*map), expected(50));
    let mut numbers: Vec<_> = map.keys().map(|key| key.number).collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..50));
    let mut values: Vec<_> = map.values().collect();
    values.sort_unstable();
    assert!(values.into_iter().eq((0..50).map(|number| number * 10)));
    let iter = map.iter();
    drop(keys);
    assert_eq!(map.len(), 50);
    drop(iter);
    assert!(map.is_empty());
}

#[test]
fn the_iterators_know_their_length_and_go_both_ways() {
    let (map, _keys) = filled::<u32>(5);
    let mut iter = map.iter();
    assert_eq!((iter.len(), iter.size_hint()), (5, (5, Some(5))));
    let again = iter.clone();
    let first = iter.next().unwrap();
    let last = iter.next_back().unwrap();
    assert!(!Ptr::ptr_eq(&first.0, &last.0));
    assert_eq!(iter.len(), 3);
    assert_eq!(iter.by_ref().count(), 3);
    assert!(iter.next().is_none() && iter.next().is_none());
    let mut backwards: Vec<_> = again.rev().collect();
    backwards.reverse();
    assert!(map.iter().eq(backwards.iter().cloned()));
    assert!(map.keys().rev().eq(backwards.iter().rev().map(|pair| pair.0.clone())));
    assert!(map.values().rev().eq(backwards.iter().rev().map(|pair| pair.1)));
    assert_eq!((map.keys().len(), map.values().len()), (5, 5));
    assert_eq!(map.drain().rev().len(), 5);
}

#[test]
fn the_text_forms_of_the_iterators_show_what_is_left() {
    let (map, _keys) = filled::<u32>(1);
    let (mut iter, mut keys) = (map.iter(), map.keys());
    assert_eq!(format!("{iter:?} {keys:?} {:?}", map.values()), "[(Thing 0, 0)] [Thing 0] [0]");
    iter.next();
    keys.next_back();
    assert_eq!(format!("{iter:?} {keys:?}"), "[] []");
}

#[test]
fn b281_key_refs_are_weak() {
    let (map, mut keys) = filled::<u32>(3);
    let refs = map.key_refs();
    assert_eq!(refs.len(), 3);
    assert!(keys.iter().all(|key| Ptr::strong_count(key) == 1));
    let doomed = keys.pop().unwrap();
    let of_doomed = refs.iter().find(|weak| weak.upgrade().unwrap().number == 2).unwrap();
    drop(doomed);
    assert!(of_doomed.is_dead());
    assert_eq!(refs.iter().filter_map(WeakRef::upgrade).count(), 2);
    assert_eq!(map.key_refs().len(), 2);
}

#[test]
fn into_iter_dissolves_the_map() {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(20);
    let map = Ptr::try_unwrap(map).unwrap();
    let mut iter = map.into_iter();
    assert_eq!(iter.len(), 20);
    assert!(keys.iter().all(|key| weakref_count(key) == 0));
    let (key, value) = iter.next().unwrap();
    assert_eq!(value.number, key.number * 10);
    drop((iter, key, value, keys));
    leaks.assert_none();
}

#[test]
fn into_keys_and_into_values_dissolve_the_map() {
    let leaks = Leaks::watch();
    let (map, mut keys) = filled::<Value>(5);
    let moved = Ptr::try_unwrap(keys.pop().unwrap()).unwrap();
    let own = Ptr::try_unwrap(map).unwrap().into_keys();
    assert_eq!(leaks.alive(), 5, "the values have gone");
    assert!(keys.iter().all(|key| weakref_count(key) == 0));
    let mut own: Vec<_> = own.collect();
    own.sort_by_key(|key| key.number);
    assert!(own.iter().zip(&keys).all(|(own, key)| Ptr::ptr_eq(own, key)));
    assert_eq!(own.len(), 4, "the dead are left out");
    drop((own, keys, moved));

    let (map, mut keys) = filled::<Value>(5);
    let moved = Ptr::try_unwrap(keys.pop().unwrap()).unwrap();
    let values = Ptr::try_unwrap(map).unwrap().into_values();
    assert!(keys.iter().all(|key| Ptr::strong_count(key) == 1 && weakref_count(key) == 0));
    let mut numbers: Vec<_> = values.map(|value| value.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 10, 20, 30]);
    drop((keys, moved));
    leaks.assert_none();
}

#[test]
fn an_empty_map_has_nothing_to_show() {
    let map = Numbers::default();
    map.for_each(|_, _| unreachable!());
    map.for_each_mut(|_, _| unreachable!());
    map.retain(|_, _| unreachable!());
    assert_eq!(map.extract_if(|_, _| unreachable!()).count(), 0);
    assert_eq!((map.iter().len(), map.keys().len(), map.values().len()), (0, 0, 0));
    assert!(map.key_refs().is_empty());
    assert_eq!(
        (Numbers::default().into_keys().len(), Numbers::default().into_values().len()),
        (0, 0)
    );
    assert_eq!(map.into_iter().len(), 0);
}
