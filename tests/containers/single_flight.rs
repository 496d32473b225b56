//! `get_or_insert_with` and its factory, in one thread.

use std::{
    cell::{Cell, RefCell},
    hash::{Hash, Hasher},
    rc::Rc,
};

use weakref_core::{RemovalCause::*, Slotted, WeakKeyMap, WeakRef, WeakSet, map::Entry};
use weakref_tests::{
    CIRCLE, Call, Leaks, OOPS, Tally, assert_panics, caught, once, oops, panic_of,
};

use super::{
    Action, Here, Ptr,
    harness::{
        Container, EntryMap, Filled, Item, Owner, Pair, SameHash, Set, act, assert_is,
        assert_whole, filled, item, item_with_field, item_with_on_drop, log_removals,
        move_out_weak_half, on_act, operations, owns_values, weak_half,
    },
};

for_kinds! {
    with_factory:
    b243_b245_b269_the_factory_runs_only_if_needed
    a_factory_that_fails_or_panics_leaves_nothing
    a_key_in_the_making_is_not_there_yet
    what_was_inserted_meanwhile_wins
    what_was_inserted_meanwhile_and_died_does_not_win
    a_dead_entry_counts_as_absent_and_is_told_of
    a_factory_inside_a_visit_and_a_visit_inside_a_factory
    the_same_key_of_another_container_is_another_key
}
for_kinds! {
    with_factory_and_collisions:
    a_factory_may_use_the_container_for_other_keys
    factories_inside_factories
}
for_kinds! {
    maps:
    a_factory_that_needs_its_own_key_panics
    a_factory_may_return_its_key_or_a_value_that_is_there
}
for_kinds! {
    of_one_hash:
    a_listener_may_ask_for_what_a_factory_is_asked_for
    what_a_search_has_compared_dies_in_the_factory
    what_a_factory_made_is_dropped_outside_if_eq_panics
}

/// An entry that a factory has made for a key.
fn made<C: Container>(key: &Owner, made: Owner) -> Pair {
    (if C::IS_SET { made.clone() } else { key.clone() }, made)
}

fn b243_b245_b269_the_factory_runs_only_if_needed<C: Container>() {
    let Filled { it, pairs } = filled::<C>(3);
    for (key, value) in &pairs {
        assert!(Ptr::ptr_eq(&it.get_or_make(key, || unreachable!()), value));
        let found = it.get_or_try_make::<()>(key, || unreachable!());
        assert!(Ptr::ptr_eq(&found.unwrap(), value));
    }
    let (key, calls) = (item(7), Cell::new(0));
    let value = it.get_or_make(&key, || {
        calls.set(calls.get() + 1);
        assert!(!it.contains(&key));
        C::made_for(&key)
    });
    assert_eq!(calls.get(), 1);
    assert!(Ptr::ptr_eq(&it.get_or_make(&key, || unreachable!()), &value));
    let pair = made::<C>(&key, value);
    assert_is(&*it, pairs.iter().chain([&pair]));
    drop((pair, key));
    // What nobody keeps is gone.
    let key = item(8);
    drop(it.get_or_make(&key, || C::made_for(&key)));
    drop(key);
    assert_is(&*it, &pairs);
}

fn a_factory_that_fails_or_panics_leaves_nothing<C: Container>() {
    let filled = filled::<C>(3);
    let (it, key, tally) = (&filled.it, item(7), Tally::default());
    for _ in 0..3 {
        let token = tally.token();
        assert_eq!(it.get_or_try_make(&key, move || Err(token.clone())).map_err(drop), Err(()));
        let token = tally.token();
        let message = panic_of(|| {
            it.get_or_make(&key, move || {
                let _token = token;
                panic!("{OOPS}")
            })
        });
        assert_eq!((message.as_str(), tally.count()), (OOPS, 0));
        assert_eq!(Ptr::strong_count(&key), 1);
        filled.assert_untouched();
    }
    // The next one may try.
    let value = it.get_or_try_make::<()>(&key, || Ok(C::made_for(&key))).unwrap();
    assert_is(&**it, filled.pairs.iter().chain([&made::<C>(&key, value)]));
}

fn a_factory_may_use_the_container_for_other_keys<C: Container>() {
    let leaks = Leaks::watch();
    for operation in operations::<C>() {
        for about in [3, 50] {
            let Filled { it, pairs } = filled::<C>(5);
            let (key, probe) = (item(7), C::pair(about));
            let value = it.get_or_make(&key, || {
                (operation.run)(&it, &probe);
                C::made_for(&key)
            });
            assert!(Ptr::ptr_eq(&it.get(&key).unwrap(), &value), "{}", operation.name);
            let pair = made::<C>(&key, value);
            assert_whole(&*it, pairs.iter().chain([&probe, &pair]));
            drop((probe, pair, key));
            Filled { it, pairs }.assert_ends_empty();
        }
    }
    leaks.assert_none();
}

fn a_key_in_the_making_is_not_there_yet<C: Container>() {
    let (it, key) = (C::default(), item(1));
    let value = it.get_or_make(&key, || {
        assert!(it.get(&key).is_none() && !it.contains(&key));
        assert!(it.remove(&key).is_none() && it.is_empty());
        it.clear();
        it.retain(Box::new(|_, _| unreachable!()));
        C::made_for(&key)
    });
    assert_is(&it, [&made::<C>(&key, value)]);
}

fn factories_inside_factories<C: Container>() {
    fn make<C: Container>(it: &C, kept: &RefCell<Vec<Pair>>, name: u32) {
        let key = item(name);
        let value = it.get_or_make(&key, || {
            if name > 0 {
                make(it, kept, name - 1);
            }
            C::made_for(&key)
        });
        kept.borrow_mut().push(made::<C>(&key, value));
    }
    let (it, kept) = (C::default(), RefCell::default());
    make(&it, &kept, 50);
    assert_is(&it, &kept.into_inner());
    assert_is(&it, []);
}

fn what_was_inserted_meanwhile_wins<C: Container>() {
    let leaks = Leaks::watch();
    let (it, pair) = (Ptr::new(C::default()), C::pair(1));
    // What gives way is dropped outside: it may use the container.
    let (this, lens) = (Ptr::clone(&it), Rc::new(RefCell::new(Vec::new())));
    let notes = Rc::clone(&lens);
    let until = on_act(move || notes.borrow_mut().push(this.len()));
    let found = it.get_or_make(&pair.0, || {
        it.insert(&pair.0, &pair.1);
        item_with_on_drop(1, Box::new(act))
    });
    drop(until);
    assert!(Ptr::ptr_eq(&found, &pair.1));
    assert_eq!(lens.take(), [1]);
    drop(found);
    assert_is(&*it, [&pair]);
    drop((pair, it, lens));
    leaks.assert_none();
}

fn what_was_inserted_meanwhile_and_died_does_not_win<C: Container>() {
    let (it, key) = (C::default(), item(1));
    let value = it.get_or_make(&key, || {
        if C::WEAK_VALUES || C::IS_SET {
            let meanwhile = item(1);
            it.insert(if C::IS_SET { &meanwhile } else { &key }, &meanwhile);
            let moved = super::harness::move_out(meanwhile);
            assert_eq!(it.len(), 1, "dead, but there");
            drop(moved);
        }
        C::made_for(&key)
    });
    assert_is(&it, [&made::<C>(&key, value)]);
}

fn a_dead_entry_counts_as_absent_and_is_told_of<C: Container>() {
    let (it, pair) = (C::default(), C::pair(1));
    it.insert(&pair.0, &pair.1);
    let log = log_removals(&it);
    let (moved, _other) = move_out_weak_half::<C>(pair);
    let key = item(1);
    let value = it.get_or_make(&key, || C::made_for(&key));
    let pair = made::<C>(&key, value);
    assert!(it.get(&key).is_some_and(|found| Ptr::ptr_eq(&found, &pair.1)));
    if !C::WEAK_KEYS {
        // The new value stands in its place.
        assert_eq!(log.take(), [(Some(1), Died)]);
    }
    drop(moved);
    log.take();
    assert_is(&it, [&pair]);
}

fn a_factory_inside_a_visit_and_a_visit_inside_a_factory<C: Container>() {
    let Filled { it, pairs } = filled::<C>(3);
    let mut new = Vec::new();
    it.visit(&mut |key, _| {
        if key.name() < 10 {
            let key = item(key.name() + 10);
            let value = it.get_or_make(&key, || {
                // Values that the map owns are shown to one closure at a time.
                if !owns_values::<C>() {
                    it.retain(Box::new(|_, _| true));
                }
                C::made_for(&key)
            });
            new.push(made::<C>(&key, value));
        }
    });
    assert_is(&*it, pairs.iter().chain(&new));
}

fn the_same_key_of_another_container_is_another_key<C: Container>() {
    let (one, two, key) = (C::default(), C::default(), item(1));
    let value = one.get_or_make(&key, || two.get_or_make(&key, || C::made_for(&key)));
    let pair = made::<C>(&key, value);
    assert_is(&one, [&pair]);
    assert_is(&two, [&pair]);
}

fn a_factory_that_needs_its_own_key_panics<C: EntryMap>() {
    let filled = filled::<C>(3);
    let (it, [key, other]) = (&filled.it, [item(7), item(8)]);
    assert_panics(CIRCLE, || it.get_or_make(&key, || it.get_or_make(&key, || unreachable!())));
    // By way of an entry, and of another key.
    assert_panics(CIRCLE, || {
        drop(it.entry(&key).or_insert_with(|| it.or_insert(&key, &other).unwrap()));
    });
    assert_panics(CIRCLE, || {
        it.get_or_make(&key, || it.get_or_make(&other, || it.get_or_make(&key, || unreachable!())))
    });
    filled.assert_untouched();
    // Caught, it harms nobody.
    let value = it.get_or_make(&key, || {
        assert_panics(CIRCLE, || it.get_or_make(&key, || unreachable!()));
        item(107)
    });
    assert_is(&**it, filled.pairs.iter().chain([&(key, value)]));
}

fn a_factory_may_return_its_key_or_a_value_that_is_there<C: Container>() {
    let Filled { it, pairs } = filled::<C>(2);
    let [key, other] = [item(7), item(8)];
    drop(it.get_or_make(&key, || key.clone()));
    let found = it.get_or_make(&other, || it.get(&pairs[0].0).unwrap());
    assert!(Ptr::ptr_eq(&found, &pairs[0].1));
    drop(found);
    let more = [(key.clone(), key), (other, pairs[0].1.clone())];
    assert_is(&*it, pairs.iter().chain(&more));
    if C::weak_count() == 1 {
        // The map owns one half of an entry whose halves are one object: there are no ephemerons.
        it.clear();
    }
    drop((pairs, more));
    assert_is(&*it, []);
}

fn a_listener_may_ask_for_what_a_factory_is_asked_for<C: Container>() {
    // It hears of a death in the search before the factory, or in the one after it.
    for (before, keeps) in [(true, true), (true, false), (false, true), (false, false)] {
        let Filled { it, mut pairs } = filled::<C>(2);
        let wanted = item(9);
        let (this, key, kept) =
            (Ptr::clone(&it), wanted.clone(), Rc::new(RefCell::new(Vec::new())));
        let (shelf, first) = (Rc::clone(&kept), Cell::new(true));
        let acts = on_act(move || {
            // It hears of what it does not keep as well.
            if first.replace(false) {
                let made = this.get_or_make(&key, || C::made_for(&key));
                shelf.borrow_mut().push(keeps.then_some(made));
            }
        });
        it.on_removal(|_, _| act());
        let doomed = pairs.pop();
        let mut dies = Some(move || once(Call::KeyEq, move |_| drop(doomed)));
        let mut until = before.then(|| dies.take().unwrap()());
        let got = it.get_or_make(&wanted, || {
            until = until.take().or_else(|| Some(dies.take().unwrap()()));
            C::made_for(&wanted)
        });
        drop((until, acts));
        let kept = kept.take();
        assert_eq!(kept.len(), 1, "the listener has been called");
        assert!(kept.iter().flatten().all(|kept| Ptr::ptr_eq(kept, &got)), "there is one of it");
        assert!(Ptr::ptr_eq(&it.get_or_make(&wanted, || unreachable!()), &got));
        drop(kept);
        let pair = made::<C>(&wanted, got);
        assert_whole(&C::clone(&it), []);
        assert!(it.contains(&pairs[0].0) && it.len() == 2);
        drop((pair, wanted));
        assert_eq!(it.len(), 1);
    }
}

fn what_a_search_has_compared_dies_in_the_factory<C: Container>() {
    let Filled { it, pairs } = filled::<C>(3);
    let refs: Vec<_> = pairs.iter().map(|pair| WeakRef::new(weak_half::<C>(pair))).collect();
    let (wanted, pairs) = (item(9), Cell::new(Some(pairs)));
    let value = it.get_or_make(&wanted, || {
        drop(pairs.take());
        assert!(refs.iter().all(WeakRef::is_dead), "their last owners have gone");
        C::made_for(&wanted)
    });
    let pair = made::<C>(&wanted, value);
    assert_is(&*it, [&pair]);
    assert!(Ptr::ptr_eq(&it.get_or_make(&wanted, || unreachable!()), &pair.1));
}

fn what_a_factory_made_is_dropped_outside_if_eq_panics<C: Container>() {
    let filled = filled::<C>(3);
    let (it, key) = (&filled.it, item(50));
    let (this, lens) = (Ptr::clone(it), Rc::new(RefCell::new(Vec::new())));
    let notes = Rc::clone(&lens);
    let acts = on_act(move || notes.borrow_mut().push(this.len()));
    let mut until = None;
    assert_panics(OOPS, || {
        it.get_or_make(&key, || {
            until = Some(once(Call::KeyEq, oops));
            item_with_field(50, Box::new(act))
        })
    });
    drop((until, acts));
    assert_eq!(lens.take(), [3]);
    filled.assert_untouched();
    assert!(it.get_or_try_make::<()>(&key, || Ok(C::made_for(&key))).is_ok(), "the next may try");
}

#[test]
fn words_are_interned() {
    let words = WeakSet::<Slotted<String, Here>>::new();
    let made = Cell::new(0);
    let intern = |word: &str| {
        words.get_or_insert_with(word, |word| {
            made.set(made.get() + 1);
            Ptr::new(Slotted::new(word.to_owned()))
        })
    };
    let text = "a rose is a rose is a rose";
    let interned: Vec<_> = text.split(' ').map(intern).collect();
    assert_eq!((made.get(), words.len()), (3, 3));
    for (one, other) in interned.iter().zip(&interned[3..]) {
        assert!(Ptr::ptr_eq(one, other) || **one != **other);
    }
    assert!(Ptr::ptr_eq(&interned[0], &interned[3]) && **interned[1] == "rose");
    drop(interned);
    assert!(words.is_empty());
    drop(intern("rose"));
    assert_eq!((made.get(), words.len()), (4, 0));
}

#[test]
fn what_the_factory_of_a_set_made_must_be_what_was_wanted() {
    let filled = filled::<Set<SameHash>>(3);
    let (set, wanted, leaks) = (&filled.it, item(7), Leaks::watch());
    for wrong in [1, 50] {
        let message = panic_of(|| set.get_or_insert_with(&*wanted, |_| item(wrong)));
        assert!(message.contains("is not what was wanted"), "{message}");
        let result = caught(|| set.get_or_try_insert_with(&*wanted, |_| Ok::<_, ()>(item(wrong))));
        assert!(result.unwrap_err().contains("is not what was wanted"));
        leaks.assert_none();
        filled.assert_untouched();
    }
}

#[test]
fn what_hashes_otherwise_is_not_what_was_wanted() {
    /// Its `Borrow` does not keep its promise.
    #[derive(PartialEq, Eq)]
    struct Odd(u32);
    impl Hash for Odd {
        fn hash<H: Hasher>(&self, state: &mut H) {
            (self.0 + 1).hash(state);
        }
    }
    #[derive(PartialEq, Eq, Hash)]
    struct Plain(u32);
    impl std::borrow::Borrow<Plain> for Slotted<Odd, Here> {
        fn borrow(&self) -> &Plain {
            &Plain(7)
        }
    }
    let set = WeakSet::<Slotted<Odd, Here>>::new();
    let message =
        panic_of(|| set.get_or_insert_with(&Plain(7), |_| Ptr::new(Slotted::new(Odd(7)))));
    assert!(message.contains("is not what was wanted"), "{message}");
    assert!(set.is_empty());
}

/// The factory of a set is given what was asked for, which need not be an element.
#[test]
fn a_factory_of_a_set_that_asks_for_the_same_element() {
    let (set, wanted, leaks) = (Set::<SameHash>::default(), item(1), Leaks::watch());
    let inner = RefCell::new(None);
    let outer = set.get_or_insert_with(&*wanted, |wanted: &Item| {
        *inner.borrow_mut() = Some(set.get_or_insert_with(wanted, |_| item(1)));
        item(1)
    });
    let inner = inner.into_inner().unwrap();
    assert!(Ptr::ptr_eq(&outer, &inner), "what is there already wins");
    drop(outer);
    assert_eq!((leaks.alive(), set.len()), (1, 1));
    drop(inner);
    // If the inner one is gone again, the outer one's stands.
    let outer = set.get_or_insert_with(&*wanted, |wanted: &Item| {
        drop(set.get_or_insert_with(wanted, |_| item(1)));
        item(1)
    });
    assert_is(&set, [&(outer.clone(), outer)]);
    // The element itself, which the set got meanwhile.
    let found = set.get_or_insert_with(&*wanted, |_| set.get_or_insert(&wanted));
    assert!(Ptr::ptr_eq(&found, &wanted));
}

/// The clone of the value removes it.
#[test]
fn what_a_factory_made_is_returned_even_if_it_is_gone_at_once() {
    struct Removes;
    impl Clone for Removes {
        fn clone(&self) -> Self {
            act();
            Self
        }
    }
    let (map, key) = (Ptr::new(WeakKeyMap::<Item, Removes>::new()), item(1));
    let (inner, wanted) = (Ptr::clone(&map), key.clone());
    let until = on_act(move || drop(caught(|| inner.remove(&*wanted))));
    let Removes = map.get_or_insert_with(&key, || Removes);
    drop(until);
    assert!(map.is_empty());
}

/// Panics as it is dropped.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "a guard");
    }
}

#[test]
fn the_entry_of_what_was_found_is_returned_whole_if_a_factory_panics_as_it_is_dropped() {
    let (map, key) = (WeakKeyMap::<Item, u8>::new(), item(1));
    map.insert(&key, 7);
    let guard = Guard;
    let make = move || {
        let _guard = &guard;
        8
    };
    assert_panics("a guard", || map.get_or_insert_with(&key, make));
    assert!(matches!(map.entry(&key), Entry::Occupied(_)));
    drop(key);
    assert!(map.is_empty(), "an owner of the key was lost");
}

for_kinds! { maps_by_equality: what_or_insert_with_finds_loses_no_owner_if_the_key_panics }

/// The key that was asked for is dropped when the map's own is found.
fn what_or_insert_with_finds_loses_no_owner_if_the_key_panics<C: EntryMap>() {
    let it = C::default();
    let (own, value) = (item(1), item(101));
    let bomb: Action = Box::new(|| panic!("{OOPS}"));
    let asked = item_with_on_drop(1, bomb);
    let entry = it.entry(&asked);
    drop(asked);
    assert_panics(OOPS, || {
        drop(entry.or_insert_with(|| {
            it.insert(&own, &value);
            value.clone()
        }));
    });
    let owned = (usize::from(!C::WEAK_KEYS), usize::from(!C::WEAK_VALUES));
    assert_eq!((Ptr::strong_count(&own), Ptr::strong_count(&value)), (1 + owned.0, 1 + owned.1));
    drop((own, value));
    assert!(it.is_empty());
}

/// The call of `get_or_insert_with` keeps the key.
#[test]
fn a_factory_may_take_the_last_other_owner_of_its_key() {
    let (map, key) = (WeakKeyMap::<Item, _>::new(), item(1));
    let mut others = vec![key.clone()];
    assert_eq!(map.get_or_insert_with(&key, || others.drain(..).len()), 1);
    assert!(map.keys().eq([key.clone()]));
    drop(key);
    assert!(map.is_empty());
}
