//! Sets: iterators and closures, while elements die and come.

use std::cell::{Cell, RefCell};

use weakref_core::{WeakRef, set};

use super::*;

#[test]
fn b344_an_iterator_is_a_snapshot() {
    let (set, items) = set_of(0..5);
    let mut iter: set::Iter<Ptr<Item>> = set.iter();
    assert_eq!((iter.len(), iter.size_hint()), (5, (5, Some(5))));
    let copy = iter.clone();
    let ends = [iter.next().unwrap(), iter.next_back().unwrap()];
    assert_eq!(iter.len(), 3);
    assert_eq!(places(&iter.by_ref().chain(ends).collect::<Vec<_>>()), places(&items));
    assert!(iter.next().is_none() && iter.next_back().is_none() && iter.next().is_none());
    assert_eq!(numbers(copy), [0, 1, 2, 3, 4]);
    assert_eq!(numbers(&set), [0, 1, 2, 3, 4]);
    assert!(Set::<Item>::new().iter().next().is_none());
}

#[test]
fn the_text_form_of_an_iterator_shows_what_is_left() {
    let (set, _items) = set_of(7..8);
    let mut iter = set.iter();
    assert_eq!(format!("{iter:?}"), "[Item 7]");
    iter.next();
    assert_eq!(format!("{iter:?}"), "[]");
    assert_eq!(format!("{:?}", set.drain()), "[Item 7]");
    assert_eq!(format!("{:?}", set.into_iter()), "[]");
}

#[test]
fn b332_b347_what_an_iterator_has_to_give_lives_until_then() {
    let (set, items) = set_of(0..5);
    let mut iter = set.iter();
    drop(items);
    assert_eq!(set.len(), 5, "the iterator owns them");
    let first = iter.next().unwrap();
    assert_eq!(set.len(), 5);
    drop(first);
    assert_eq!(set.len(), 4, "what it has given is the caller's");
    drop(iter);
    assert_is(&set, []);
}

#[test]
fn b328_b330_b345_deaths_count_at_once_whatever_iterators_are_open() {
    let (set, mut items) = set_of(0..6);
    let open = [set.iter(), set.iter()];
    let later = super::items(10..15);
    set.update(later.iter().cloned());
    drop(later);
    assert_is(&set, &items);
    // Those that the iterators own live on; the others do not.
    drop(open);
    items.truncate(2);
    assert_is(&set, &items);
}

#[test]
fn b329_an_iterator_that_is_never_advanced_hinders_nothing() {
    let (set, items) = set_of(0..3);
    let idle = set.iter();
    set.remove(&*items[0]);
    let new = item(3);
    set.insert(&new);
    assert_is(&set, [&items[1], &items[2], &new]);
    drop(idle);
    assert_is(&set, [&items[1], &items[2], &new]);
}

#[test]
fn b331_b334_b337_the_dead_that_are_still_there_are_not_shown() {
    let (set, mut items) = set_of(0..6);
    let moved = Ptr::try_unwrap(items.remove(1)).ok().unwrap();
    assert_eq!(set.len(), 6, "up to its drop it counts");
    assert_eq!(places(&set.iter().collect::<Vec<_>>()), places(&items));
    let mut seen = Vec::new();
    set.for_each(|item| seen.push(item.clone()));
    assert_eq!(places(&seen), places(&items));
    assert_eq!(set.extract_if(|item| item.number() == 1).count(), 0);
    set.retain(|item| item.number() != 1);
    assert!(!set.contains(&moved) && set.get(&moved).is_none());
    assert!(!set.remove(&moved) && set.take(&moved).is_none());
    assert_eq!(set.clone().len(), 5);
    assert_eq!((set == set.clone(), set.is_subset(&Set::new())), (true, false));
    assert_eq!(set.union(&set).len(), 5);
    drop(seen);
    drop(moved);
    assert_is(&set, &items);
}

#[test]
fn b331_the_dead_are_neither_drained_nor_dissolved() {
    for dissolve in [|set: Set| set.drain().collect(), |set: Set| set.into_iter().collect()] {
        let dissolve: fn(Set) -> Vec<Ptr<Item>> = dissolve;
        let (set, mut items) = set_of(0..6);
        let moved = Ptr::try_unwrap(items.remove(1)).ok().unwrap();
        assert_eq!(places(&dissolve(set)), places(&items));
        assert_eq!(counts(&items), [0; 5]);
        drop(moved);
    }
}

#[test]
fn b335_b343_a_loop_may_do_anything_to_the_set() {
    let (set, items) = set_of(0..8);
    let new = RefCell::new(Vec::new());
    let mut seen = 0;
    for item in &set {
        seen += 1;
        assert_eq!(set.len(), 8);
        assert!(set.remove(&*item) && !set.contains(&*item));
        let other = super::item(item.number() + 100);
        assert!(set.insert(&other));
        new.borrow_mut().push(other);
        drop(set.iter());
    }
    assert_eq!(seen, 8, "what is added is not seen");
    assert_is(&set, &*new.borrow());
    assert_eq!(counts(&items), [0; 8]);
}

#[test]
fn b343_a_callback_that_adds_to_the_set_that_is_being_visited() {
    let set: Ptr<Set> = Ptr::new(Set::new());
    let (doomed, kept) = (items(0..5), items(10..15));
    set.update(doomed.iter().cloned());
    let watches: Vec<_> = doomed
        .iter()
        .zip(&kept)
        .map(|(dying, new)| {
            let (set, new) = (Ptr::clone(&set), new.clone());
            WeakRef::with_callback(dying, move |_| drop_value(set.insert(&new)))
        })
        .collect();
    let mut doomed = doomed.into_iter();
    let mut seen = 0;
    for item in set.iter() {
        assert!(item.number() < 5);
        drop(item);
        doomed.next();
        seen += 1;
    }
    drop(watches);
    assert_eq!(seen, 5);
    assert_is(&*set, &kept);
}

#[test]
fn b339_pop_in_the_middle_of_a_loop() {
    let (set, mut items) = set_of(0..6);
    let moved = Ptr::try_unwrap(items.pop().unwrap()).ok().unwrap();
    let mut popped = Vec::new();
    for _ in set.iter() {
        popped.extend(set.pop());
    }
    assert_eq!(places(&popped), places(&items));
    assert!(set.pop().is_none());
    drop(moved);
    assert_is(&set, []);
}

#[test]
fn b342_weak_references_to_the_elements_may_be_dead() {
    let (set, items) = set_of(0..4);
    let refs: Vec<WeakRef<Item>> = set.refs();
    assert!(items.iter().all(|item| Ptr::strong_count(item) == 1), "they own nothing");
    assert_eq!(refs.len(), 4);
    let mut items = items;
    let survivor = items.swap_remove(2);
    drop(items);
    let living: Vec<_> = refs.iter().filter_map(WeakRef::upgrade).collect();
    assert_eq!(places(&living), places([&survivor]));
    assert_eq!(refs.iter().filter(|weak| weak.is_dead()).count(), 3);
    drop((refs, living));
    assert_is(&set, [&survivor]);
}

#[test]
fn b346_what_is_removed_in_the_middle_of_a_loop_is_still_shown() {
    let (set, items) = set_of(0..5);
    let mut seen = Vec::new();
    for item in &set {
        set.clear();
        seen.push(item);
    }
    assert_eq!(places(&seen), places(&items));
}

#[test]
fn for_each_shows_each_once_and_keeps_it() {
    let (set, items) = set_of(0..30);
    let (owners, seen) = (RefCell::new(items), Cell::new(0));
    set.for_each(|item| {
        owners.borrow_mut().retain(|owner| !Ptr::ptr_eq(owner, item));
        assert!(set.contains(&**item), "it lives while it is shown");
        seen.set(seen.get() + 1);
    });
    assert_eq!(seen.get(), 30);
    assert_is(&set, []);
}

#[test]
fn retain_asks_once_about_each() {
    let (set, items) = set_of(0..30);
    let mut asked = Vec::new();
    set.retain(|item| {
        asked.push(item.number());
        item.number() % 3 == 0
    });
    asked.sort_unstable();
    assert_eq!(asked, (0..30).collect::<Vec<_>>());
    assert_is(&set, items.iter().filter(|item| item.number() % 3 == 0));
    for (number, count) in counts(&items).into_iter().enumerate() {
        assert_eq!(count, usize::from(number % 3 == 0));
    }
}

#[test]
fn extract_if_is_lazy() {
    let (set, items) = set_of(0..30);
    let asked = Cell::new(0);
    let mut picked: set::ExtractIf<'_, Ptr<Item>> = set.extract_if(|item| {
        asked.set(asked.get() + 1);
        item.number() % 2 == 0
    });
    assert_eq!((asked.get(), set.len()), (0, 30));
    let first = picked.next().unwrap();
    assert!(first.number().is_multiple_of(2) && asked.get() < 30);
    assert_eq!((set.len(), weakref_count(&first)), (29, 0));
    assert!(format!("{picked:?}").starts_with("ExtractIf"));
    drop(picked);
    assert_is(&set, items.iter().filter(|item| !Ptr::ptr_eq(item, &first)));
    let rest: Vec<_> = set.extract_if(|item| item.number() % 2 == 0).collect();
    assert_eq!(rest.len(), 14);
    assert_is(&set, items.iter().filter(|item| item.number() % 2 == 1));
}

#[test]
fn extract_if_gives_nothing_that_has_gone_meanwhile() {
    let (set, items) = set_of(0..10);
    let picked = set.extract_if(|item| {
        // Asked about, and then removed by hand.
        assert!(set.remove(&**item));
        true
    });
    assert_eq!(picked.count(), 0);
    assert_is(&set, []);
    assert_eq!(counts(&items), [0; 10]);
}

#[test]
fn drain_takes_all_at_once() {
    let (set, items) = set_of(0..20);
    let mut drain: set::Drain<Ptr<Item>> = set.drain();
    assert_eq!((drain.len(), set.len()), (20, 0));
    assert_eq!(counts(&items), [0; 20]);
    let first = drain.next().unwrap();
    set.insert(&first);
    drop(drain);
    assert_is(&set, [&first]);
    assert!(items.iter().any(|item| Ptr::ptr_eq(item, &first)));
}

#[test]
fn into_iter_dissolves_the_set() {
    let (set, items) = set_of(0..20);
    let all: set::IntoIter<Ptr<Item>> = set.into_iter();
    assert_eq!((all.len(), counts(&items)), (20, vec![0; 20]));
    assert_eq!(places(&all.collect::<Vec<_>>()), places(&items));
}
