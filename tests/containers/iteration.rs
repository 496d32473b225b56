//! Iterators and `for_each`, while entries die, come and go.

use std::cell::{Cell, RefCell};

use weakref_core::{WeakRef, map, set};

use super::{
    Ptr, Usable,
    harness::{
        Container, Filled, Owner, PairMap, Set, ValueMap, assert_is, assert_unregistered, filled,
        item, items, move_out_weak_half, names, owns_values, weak_half,
    },
};

for_kinds! {
    all:
    b254_b280_each_entry_is_given_once
    b328_b330_b345_deaths_remove_at_once_whatever_iterators_are_open
    b329_b330_loops_inside_loops
    b331_b347_what_is_dead_when_the_iteration_begins_is_skipped
    b332_a_snapshot_owns_what_it_has_to_give
    b334_b337_a_visit_owns_what_it_shows_and_no_more
    b335_b343_a_loop_may_do_anything_to_the_container
    b339_pop_in_a_loop_skips_the_dead
    b255_b281_b342_references_own_nothing_and_may_be_dead
    b343_entries_that_are_added_in_a_visit
    b343_a_callback_that_adds_in_a_loop
    b344_b346_a_snapshot_does_not_change
    a_visitor_does_not_see_what_has_been_moved_out
}
for_kinds! { pair_maps: keys_alone_do_not_keep_the_pairs }

fn b254_b280_each_entry_is_given_once<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(60);
    pairs.truncate(50);
    let mut shown = Vec::new();
    it.visit(&mut |key, value| {
        let pair = &pairs[key.name() as usize];
        assert!(Ptr::ptr_eq(key, &pair.0) && Ptr::ptr_eq(value, &pair.1));
        shown.push(key.name());
    });
    shown.sort_unstable();
    assert!(shown.into_iter().eq(0..50));
    // `iter`, `keys` and `values`.
    assert_is(&*it, &pairs);
    // An object in two entries comes twice.
    if C::WEAK_VALUES {
        it.clear();
        it.insert(&pairs[0].0, &pairs[0].1);
        it.insert(&pairs[1].0, &pairs[0].1);
        assert_eq!(names(it.values()), [100, 100]);
    }
}

fn b328_b330_b345_deaths_remove_at_once_whatever_iterators_are_open<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(6);
    let open = [it.pairs(), it.pairs()];
    let later: Vec<_> = (10..15).map(C::pair).collect();
    it.update(later.clone());
    drop(later);
    assert_is(&*it, &pairs);
    pairs.truncate(2);
    assert_eq!(it.len(), 6, "the iterators own them");
    drop(open);
    assert_is(&*it, &pairs);
}

fn b329_b330_loops_inside_loops<C: Container>() {
    let Filled { it, pairs } = filled::<C>(10);
    let mut count = 0;
    for one in it.pairs() {
        for two in it.pairs() {
            count += 1;
            if count == 25 {
                it.remove(&one.0);
                it.remove(&two.0);
            }
        }
    }
    assert_eq!(count, 30 + 7 * 8);
    drop(pairs);
    assert_is(&*it, []);
}

fn b331_b347_what_is_dead_when_the_iteration_begins_is_skipped<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(1000);
    let moved = move_out_weak_half::<C>(pairs.remove(1));
    let mut shown = 0;
    let mut owners = Some(pairs);
    it.visit(&mut |key, _| {
        // Those of which the visit does not know yet die here.
        owners.take();
        assert_ne!(key.name(), 1);
        shown += 1;
    });
    assert!((1..=999).contains(&shown));
    assert_eq!((it.len(), it.pairs().len()), (1, 0));
    drop(moved);
    assert_is(&*it, []);
}

fn b332_a_snapshot_owns_what_it_has_to_give<C: Container>() {
    let Filled { it, pairs } = filled::<C>(5);
    let mut iter = it.pairs().into_iter();
    drop(pairs);
    assert_eq!(it.len(), 5);
    let first = iter.next().unwrap();
    assert_eq!(it.len(), 5);
    drop(first);
    assert_eq!(it.len(), 4, "what it has given is the caller's");
    let last = iter.next_back().unwrap();
    drop(iter);
    assert_is(&*it, [&last]);
}

fn b334_b337_a_visit_owns_what_it_shows_and_no_more<C: Container>() {
    let Filled { it, pairs } = filled::<C>(30);
    let owners = RefCell::new(pairs.into_iter().map(Some).collect::<Vec<_>>());
    let shown = Cell::new(0);
    it.visit(&mut |key, value| {
        drop(owners.borrow_mut()[key.name() as usize].take());
        assert!(it.contains(key), "the visit owns it");
        assert!(it.get(key).is_some_and(|there| Ptr::ptr_eq(&there, value)));
        shown.set(shown.get() + 1);
    });
    assert_eq!(shown.get(), 30);
    assert_is(&*it, []);
}

fn b335_b343_a_loop_may_do_anything_to_the_container<C: Container>() {
    let Filled { it, pairs } = filled::<C>(8);
    let mut new = Vec::new();
    for (key, value) in it.pairs() {
        assert_eq!(it.len(), 8);
        assert!(it.get(&key).is_some_and(|there| Ptr::ptr_eq(&there, &value)));
        assert!(it.remove(&key).is_some() && !it.contains(&key));
        let pair = C::pair(key.name() + 10);
        assert!(it.insert(&pair.0, &pair.1).is_none());
        new.push(pair);
        drop(it.pairs());
    }
    assert_eq!(new.len(), 8, "what is added is not seen");
    assert_is(&*it, &new);
    assert_unregistered::<C>(&pairs);
}

fn b339_pop_in_a_loop_skips_the_dead<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(20);
    let mut popped = 0;
    for _ in it.refs() {
        pairs.pop();
        if let Some((key, _)) = it.pop() {
            pairs.retain(|pair| pair.0.name() != key.name());
            popped += 1;
        }
    }
    assert_eq!((popped, pairs.len()), (10, 0));
    assert_is(&*it, []);
}

fn b255_b281_b342_references_own_nothing_and_may_be_dead<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(4);
    let refs = it.refs();
    assert_eq!(refs.len(), 4 * C::weak_count());
    assert!(refs.iter().all(|weak| !weak.is_dead() && !weak.has_callback()));
    let survivor = pairs.swap_remove(2);
    drop(pairs);
    assert_eq!(refs.iter().filter_map(WeakRef::upgrade).count(), C::weak_count());
    assert_eq!(refs.iter().filter(|weak| weak.is_dead()).count(), 3 * C::weak_count());
    drop(refs);
    assert_is(&*it, [&survivor]);
}

fn b343_entries_that_are_added_in_a_visit<C: Container>() {
    let Filled { it, pairs } = filled::<C>(10);
    let (mut more, mut rounds) = (Vec::new(), 0);
    it.visit(&mut |key, _| {
        rounds += 1;
        if more.len() < 1000 {
            more.push(C::pair(1000 + 10 * rounds + key.name() % 10));
            let (key, value) = more.last().unwrap();
            it.insert(key, value);
        }
    });
    // They may be seen or not; it ends all the same.
    assert!((10..2000).contains(&rounds));
    assert_is(&*it, pairs.iter().chain(&more));
    drop(more);
    assert_is(&*it, &pairs);
}

fn b343_a_callback_that_adds_in_a_loop<C: Container + Usable>() {
    let it = Ptr::new(C::default());
    let (mut doomed, kept): (Vec<_>, Vec<_>) =
        (0..5).map(|n| (C::pair(n), C::pair(n + 10))).unzip();
    it.update(doomed.clone());
    let watches: Vec<_> = doomed
        .iter()
        .zip(&kept)
        .map(|(dying, new)| {
            let (it, new) = (Ptr::clone(&it), new.clone());
            WeakRef::with_callback(weak_half::<C>(dying), move |_| drop(it.insert(&new.0, &new.1)))
        })
        .collect();
    let mut seen = 0;
    for pair in it.pairs() {
        assert!(pair.0.name() < 5);
        drop(pair);
        doomed.pop();
        seen += 1;
    }
    drop(watches);
    assert_eq!(seen, 5);
    assert_is(&*it, &kept);
}

fn b344_b346_a_snapshot_does_not_change<C: Container>() {
    let Filled { it, pairs } = filled::<C>(10);
    let iter = it.pairs();
    let newer = item(50);
    for (key, value) in &pairs {
        if key.name() % 2 == 0 {
            it.remove(key);
        } else {
            it.insert(key, if C::IS_SET { value } else { &newer });
        }
    }
    let mut seen: Vec<_> = iter;
    seen.sort_by_key(|pair| pair.0.name());
    assert_eq!(seen.len(), 10);
    for (seen, pair) in seen.iter().zip(&pairs) {
        assert!(Ptr::ptr_eq(&seen.0, &pair.0) && Ptr::ptr_eq(&seen.1, &pair.1), "the old value");
    }
    let odd = pairs.iter().filter(|pair| pair.0.name() % 2 == 1);
    let value = |pair: &(_, _)| if C::IS_SET { Ptr::clone(&pair.1) } else { newer.clone() };
    let left: Vec<_> = odd.map(|pair| (pair.0.clone(), value(pair))).collect();
    assert_is(&*it, &left);
}

fn a_visitor_does_not_see_what_has_been_moved_out<C: Container>() {
    let Filled { it, pairs } = filled::<C>(20);
    let mut seen = 0;
    it.visit(&mut |key, _| {
        seen += 1;
        for (other, _) in &pairs {
            if !Ptr::ptr_eq(other, key) {
                it.remove(other);
            }
        }
    });
    // A map that owns its values cannot show one that was removed.
    assert!(if owns_values::<C>() { seen == 1 } else { (1..=20).contains(&seen) }, "{seen}");
}

fn keys_alone_do_not_keep_the_pairs<C: Container>() {
    let Filled { it, pairs } = filled::<C>(3);
    let (keys, values): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let iter = it.keys();
    drop(values);
    assert_eq!((it.len(), iter.len(), it.values().len()), (0, 3, 0));
    drop(keys);
}

/// The types have names.
#[test]
fn loops_over_references() {
    let Filled { it: map, pairs: owners } = filled::<PairMap>(3);
    let iter: map::Iter<Owner, Owner> = map.iter();
    let parts: (map::Keys<Owner>, map::Values<Owner>) = (map.keys(), map.values());
    assert_eq!((iter.len(), parts.0.len(), parts.1.len()), (3, 3, 3));
    let mut count = 0;
    for (key, value) in &*map {
        assert_eq!(key.name() + 100, value.name());
        count += 1;
    }
    let set: Set = owners.iter().map(|pair| pair.0.clone()).collect();
    let elements: set::Iter<Owner> = set.iter();
    for element in &set {
        assert!(elements.clone().any(|other| other == element));
        count += 1;
    }
    assert_eq!(count, 6);
    let drained: (map::Drain<Owner, Owner>, set::Drain<Owner>) = (map.drain(), set.drain());
    let owned: set::IntoIter<Owner> = set.into_iter();
    assert_eq!((drained.0.len(), drained.1.len(), owned.len()), (3, 3, 0));
}

/// A value map and a set, of which the iterators have the same types as those of the other kinds.
#[test]
fn the_iterators_know_their_length_and_go_both_ways() {
    let Filled { it: map, pairs: _owners } = filled::<ValueMap>(5);
    let mut iter = map.iter();
    assert_eq!((iter.len(), iter.size_hint()), (5, (5, Some(5))));
    let again = iter.clone();
    let (first, last) = (iter.next().unwrap(), iter.next_back().unwrap());
    assert!(!Ptr::ptr_eq(&first.0, &last.0));
    assert_eq!((iter.len(), iter.by_ref().count()), (3, 3));
    assert!(iter.next().is_none() && iter.next_back().is_none() && iter.next().is_none());
    let mut backwards: Vec<_> = again.rev().collect();
    backwards.reverse();
    assert!(map.iter().eq(backwards.iter().cloned()));
    assert!((&*map).into_iter().eq(backwards.iter().cloned()));
    assert!(map.keys().rev().eq(backwards.iter().rev().map(|pair| pair.0.clone())));
    assert!(map.values().rev().eq(backwards.iter().rev().map(|pair| pair.1.clone())));
    assert_eq!((map.keys().len(), map.values().len()), (5, 5));
    assert_eq!(map.drain().rev().len(), 5);
    let elements = items(0..5);
    let set: Set = elements.iter().cloned().collect();
    let mut iter = set.iter();
    assert!(iter.next().is_some() && iter.next_back().is_some());
    assert_eq!((iter.len(), iter.size_hint()), (3, (3, Some(3))));
    assert_eq!((names(&set), names(set.iter().rev())), (vec![0, 1, 2, 3, 4], vec![0, 1, 2, 3, 4]));
    assert_eq!(set.into_iter().rev().len(), 5);
}

#[test]
fn the_text_forms_of_iterators_show_what_is_left() {
    let Filled { it: map, pairs: _owners } = filled::<ValueMap>(1);
    let (mut iter, mut keys) = (map.iter(), map.keys());
    assert_eq!(format!("{iter:?} {keys:?}"), "[(Item 0, Item 100)] [Item 0]");
    assert_eq!(format!("{:?}", map.values()), "[Item 100]");
    iter.next();
    keys.next_back();
    assert_eq!(format!("{iter:?} {keys:?}"), "[] []");
    assert_eq!(format!("{:?}", map.extract_if(|_, _| true)), "ExtractIf { .. }");
    assert_eq!(format!("{:?}", map.drain()), "[(Item 0, Item 100)]");
    let element = item(7);
    let set = Set::from([element.clone()]);
    assert_eq!(
        format!("{:?} {:?}", set.iter(), set.extract_if(|_| true)),
        "[Item 7] ExtractIf { .. }"
    );
    assert_eq!(format!("{:?}", set.drain()), "[Item 7]");
    assert_eq!(format!("{:?}", set.into_iter()), "[]");
}
