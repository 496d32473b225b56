//! Iteration while entries die, come and go.

use super::*;

#[test]
fn b328_b345_deaths_remove_at_once_while_an_iterator_is_open() {
    let (map, mut keys) = filled::<u32>(10);
    let mut iter = map.keys();
    let first = iter.next().unwrap();
    keys.clear();
    assert_eq!(map.len(), 10, "the iterator owns them");
    drop(iter);
    assert_eq!(map.len(), 1, "but for the one that it gave");
    drop(first);
    assert!(map.is_empty());
}

#[test]
fn b329_b330_several_iterators_do_not_disturb_each_other() {
    let (map, keys) = filled::<u32>(10);
    let mut count = 0;
    for (one, _) in map.iter() {
        for (two, _) in map.iter() {
            count += 1;
            if count == 25 {
                map.remove(&*one);
                map.remove(&*two);
            }
        }
    }
    assert!((80..=100).contains(&count), "{count}");
    drop(keys);
    assert!(map.is_empty());
}

#[test]
fn b331_b347_what_is_dead_when_the_iteration_begins_is_skipped() {
    let (map, mut keys) = filled::<u32>(10);
    keys.truncate(4);
    let mut seen = 0;
    map.for_each(|key, _| {
        assert!(key.number < 4);
        seen += 1;
    });
    assert_eq!((seen, map.iter().len(), map.keys().len()), (4, 4, 4));
}

#[test]
fn b332_an_iterator_gives_owners() {
    let (map, keys) = filled::<u32>(3);
    let mut iter = map.iter();
    let (key, _) = iter.next().unwrap();
    drop((iter, keys));
    assert_is(&map, [(&key, key.number * 10)]);
    drop(key);
    assert_is(&map, []);
}

#[test]
fn b334_b337_a_death_in_the_middle_of_a_visit_is_seen_at_its_end() {
    let (map, keys) = filled::<u32>(20);
    let mut keys = Some(keys);
    let mut seen = 0;
    map.for_each(|key, value| {
        keys.take();
        assert_eq!(*value, key.number * 10);
        assert!(map.contains_key(&**key), "the visitor owns it");
        assert_eq!(map.get(&**key), Some(*value));
        seen += 1;
    });
    assert!((1..=20).contains(&seen));
    assert_is(&map, []);
}

#[test]
fn b335_lookups_in_a_loop_do_not_break_it() {
    let (map, mut keys) = filled::<u32>(20);
    let mut seen = 0;
    for (key, value) in map.iter() {
        keys.retain(|owner| owner.number != key.number);
        assert_eq!(map.get(&*key), Some(value));
        assert_eq!(map.len(), 20 - seen);
        map.insert(&key, value);
        seen += 1;
    }
    assert_eq!(seen, 20);
    assert_is(&map, []);
}

#[test]
fn b339_pop_in_a_loop_skips_the_dead() {
    let (map, mut keys) = filled::<u32>(20);
    let mut popped = 0;
    for _ in map.key_refs() {
        keys.pop();
        if let Some((key, value)) = map.pop() {
            assert_eq!(value, key.number * 10);
            keys.retain(|owner| owner.number != key.number);
            popped += 1;
        }
    }
    assert_eq!((popped, keys.len()), (10, 0));
    assert_is(&map, []);
}

#[test]
fn b342_key_refs_may_die_while_they_are_gone_through() {
    let (map, mut keys) = filled::<u32>(5);
    let mut alive = 0;
    for weak in map.key_refs() {
        alive += u32::from(weak.upgrade().is_some());
        keys.clear();
    }
    assert_eq!(alive, 1);
    assert_is(&map, []);
}

#[test]
fn b343_entries_that_are_added_meanwhile() {
    let (map, keys) = filled::<u32>(10);
    let mut more = Vec::new();
    for (key, _) in map.iter() {
        let new = thing(100 + key.number);
        map.insert(&new, 1);
        more.push(new);
    }
    assert_eq!((more.len(), map.len()), (10, 20), "new entries are not seen");
    // In a visit of shards one after the other, they may be; it ends all the same.
    let mut rounds = 0;
    map.for_each(|key, _| {
        rounds += 1;
        if more.len() < 1000 {
            more.push(thing(1000 + key.number));
            map.insert(more.last().unwrap(), 2);
        }
    });
    assert!((20..2000).contains(&rounds));
    more.clear();
    assert_is(&map, pairs(&keys));
}

#[test]
fn b344_b346_an_iterator_is_a_snapshot() {
    let (map, keys) = filled::<u32>(10);
    let mut iter = map.iter();
    let (first, _) = iter.next().unwrap();
    for key in &keys {
        if key.number % 2 == 0 {
            map.remove(&**key);
        } else {
            map.insert(key, 1);
        }
    }
    let mut seen = 0;
    for (key, value) in iter {
        assert_eq!(value, key.number * 10, "the old value");
        assert!(!Ptr::ptr_eq(&key, &first));
        seen += 1;
    }
    assert_eq!(seen, 9);
    let odd = keys.iter().filter(|key| key.number % 2 == 1);
    assert_is(&map, odd.map(|key| (key, 1)));
}

#[test]
fn a_visitor_does_not_see_what_has_been_moved_out() {
    let (map, keys) = filled::<u32>(20);
    let mut seen = 0;
    map.for_each(|key, _| {
        seen += 1;
        for other in keys.iter().filter(|other| !Ptr::ptr_eq(other, key)) {
            map.remove(&**other);
        }
    });
    assert_eq!(seen, 1);
    assert_eq!(map.len(), 1);
}

#[test]
fn a_panicking_visitor_changes_nothing() {
    let leaks = Leaks::watch();
    let (map, keys) = filled::<Value>(10);
    assert_panics(OOPS, || map.for_each(|_, _| panic!("{OOPS}")));
    assert_panics(OOPS, || map.for_each_mut(|_, _| panic!("{OOPS}")));
    assert_panics(OOPS, || map.retain(|_, _| panic!("{OOPS}")));
    assert_panics(OOPS, || map.extract_if(|_, _| panic!("{OOPS}")).count());
    assert_panics(OOPS, || map.is_submap_with(&map, |_, _| panic!("{OOPS}")));
    assert_is(&map, pairs(&keys));
    map.for_each_mut(|_, value| value.number += 1);
    assert_is(&map, keys.iter().map(|key| (key, key.number * 10 + 1)));
    assert_ends_empty(&map, keys);
    leaks.assert_none();
}
