//! The keys' `Eq` runs in the middle of a search: what it may do, and what not.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use weakref_core::weakref_count;
use weakref_tests::{
    Call, Leaks, OOPS, REENTRY, Unraisables, assert_panics, caught, on, once, panic_of,
};

use super::{
    Here, Ptr,
    harness::{
        Container, DOOMED, DYING, Filled, IN_A_CALLBACK, IN_ON_DROP, act, assert_is, assert_whole,
        filled, insert_weakly, item, item_with_on_drop, on_act, operations, removes, searches,
        weak_places,
    },
};

for_kinds! {
    of_one_hash:
    slow_eq_may_not_use_the_same_container
    slow_eq_may_use_another_container
    b282_eq_may_drop_owners_one_by_one
    eq_may_drop_all_owners_at_once
    eq_may_drop_the_last_owner_of_what_it_finds
    a_destructor_or_a_callback_in_the_middle_of_a_search_may_not_use_the_container
    a_search_inside_a_visit_is_a_search
}
for_kinds! { by_equality: eq_may_not_use_the_same_container_in_any_shard }
for_kinds! {
    weak_keys_of_one_hash:
    what_a_search_has_compared_is_dropped_when_it_has_ended
    a_panic_of_what_is_dropped_at_the_end_of_a_search_goes_to_the_hook
}

/// Every operation, called by `Eq` in the middle of every search: panics, whether or not `Eq` lets the
/// panic through.
fn slow_eq_may_not_use_the_same_container<C: Container>() {
    for inner in operations::<C>() {
        for search in searches::<C>() {
            for about in [3, 5, 50] {
                let what = || format!("{} of {about} in {}", inner.name, search.name);
                let filled = filled::<C>(6);
                let (probe, pair) = (C::pair(3), C::pair(about));
                let run = inner.run;
                let (this, inner_pair) = (Ptr::clone(&filled.it), pair.clone());
                let until = once(Call::KeyEq, move |_| run(&this, &inner_pair));
                let message = panic_of(|| (search.run)(&filled.it, &probe));
                drop(until);
                assert!(message.contains(REENTRY), "{}: {message}", what());
                assert_eq!(weakref_count(&probe.0), 0, "{}", what());
                filled.assert_untouched();

                let (this, refused) = (Ptr::clone(&filled.it), Rc::new(Cell::new(0)));
                let count = Rc::clone(&refused);
                let until = on(Call::KeyEq, move |_| {
                    assert_panics(REENTRY, || run(&this, &pair));
                    count.set(count.get() + 1);
                });
                (search.run)(&filled.it, &probe);
                drop(until);
                assert!(refused.get() > 0, "{}: compared nothing", what());
                assert_whole(&*filled.it, filled.pairs.iter().chain([&probe]));
                let is_there = filled.it.contains(&filled.pairs[3].0);
                assert!(is_there != removes(search.name, true), "{}", what());
                drop(probe);
                filled.assert_ends_empty();
            }
        }
    }
}

/// The search is in one shard, and what `Eq` calls may be in another.
fn eq_may_not_use_the_same_container_in_any_shard<C: Container>() {
    for inner in operations::<C>() {
        let filled = filled::<C>(20);
        for about in [3, 4, 5, 6, 7, 50] {
            let (this, pair) = (Ptr::clone(&filled.it), C::pair(about));
            let until = once(Call::KeyEq, move |_| (inner.run)(&this, &pair));
            assert_panics(REENTRY, || filled.it.contains(&item(3)));
            drop(until);
        }
        filled.assert_untouched();
    }
}

fn slow_eq_may_use_another_container<C: Container>() {
    for inner in operations::<C>() {
        for search in searches::<C>() {
            let (one, other) = (filled::<C>(4), filled::<C>(4));
            let (calls, this, pair) = (Rc::new(Cell::new(0)), Ptr::clone(&other.it), C::pair(3));
            let (count, run) = (Rc::clone(&calls), inner.run);
            let until = once(Call::KeyEq, move |_| {
                run(&this, &pair);
                count.set(1);
            });
            let probe = C::pair(3);
            (search.run)(&one.it, &probe);
            drop(until);
            assert_eq!(calls.get(), 1);
            assert_whole(&*other.it, &other.pairs);
            assert_whole(&*one.it, one.pairs.iter().chain([&probe]));
        }
    }
}

fn b282_eq_may_drop_owners_one_by_one<C: Container>() {
    let leaks = Leaks::watch();
    for search in searches::<C>() {
        for about in [0, 3, 7, 50] {
            let Filled { it, pairs } = filled::<C>(8);
            let owners = Rc::new(RefCell::new(pairs));
            let dying = Rc::clone(&owners);
            let until = on(Call::KeyEq, move |_| {
                let pair = dying.borrow_mut().pop();
                drop(pair);
            });
            let probe = C::pair(about);
            (search.run)(&it, &probe);
            drop(until);
            let pairs = owners.take();
            assert!(pairs.len() < 8, "{} compared nothing", search.name);
            assert_whole(&*it, pairs.iter().chain([&probe]));
            assert!(it.len() <= pairs.len() + 1, "{}", search.name);
            drop(probe);
            Filled { it, pairs }.assert_ends_empty();
        }
    }
    leaks.assert_none();
}

fn eq_may_drop_all_owners_at_once<C: Container>() {
    let leaks = Leaks::watch();
    for search in searches::<C>() {
        for about in [3, 50] {
            let Filled { it, pairs } = filled::<C>(8);
            let until = once(Call::KeyEq, move |_| drop(pairs));
            let probe = C::pair(about);
            (search.run)(&it, &probe);
            drop(until);
            assert!(it.len() <= 1, "{}", search.name);
            assert_whole(&*it, [&probe]);
            drop(probe);
            assert_is(&*it, []);
        }
    }
    leaks.assert_none();
}

fn eq_may_drop_the_last_owner_of_what_it_finds<C: Container>() {
    let (it, pair, asked) = (C::default(), C::pair(1), item(1));
    it.insert(&pair.0, &pair.1);
    let until = once(Call::KeyEq, move |_| drop(pair));
    let found = it.get(&asked);
    drop(until);
    if C::IS_SET {
        // The search owns what it compares with, and gives it away.
        let found = found.unwrap();
        assert_eq!((found.name(), Ptr::strong_count(&found), it.len()), (1, 1, 1));
    } else if !C::WEAK_KEYS {
        assert!(found.is_none());
    }
    assert_is(&it, []);
}

/// The panic of a destructor is told to the searcher, that of a callback is caught.
fn a_destructor_or_a_callback_in_the_middle_of_a_search_may_not_use_the_container<C: Container>() {
    for (dying, is_callback) in [(IN_ON_DROP, false), (IN_A_CALLBACK, true)] {
        for search in searches::<C>() {
            let (filled, other) = (filled::<C>(2), C::default());
            let this = Ptr::clone(&filled.it);
            let messages = Rc::new(RefCell::new(Vec::new()));
            let notes = Rc::clone(&messages);
            let acts = on_act(move || {
                let result = caught(|| drop(this.pairs()));
                notes.borrow_mut().push(result.clone());
                if let (false, Err(message)) = (is_callback, result) {
                    panic!("{message}");
                }
            });
            // In another container, so that this search does not compare it, and keep it.
            let (doomed, watch) = dying(Box::new(act));
            let half = insert_weakly(&other, &doomed, weak_places::<C>()[0]);
            let until = once(Call::KeyEq, move |_| drop(doomed));
            let probe = C::pair(1);
            let result = caught(|| (search.run)(&filled.it, &probe));
            drop((until, acts));
            let messages = messages.take();
            assert!(matches!(&messages[..], [Err(text)] if text.contains(REENTRY)), "{messages:?}");
            if is_callback {
                assert_eq!(result, Ok(()), "{}", search.name);
                assert_whole(&*filled.it, filled.pairs.iter().chain([&probe]));
            } else {
                assert!(result.unwrap_err().contains(REENTRY), "{}", search.name);
                filled.assert_untouched();
            }
            drop((watch, half));
            assert!(other.is_empty());
        }
    }
}

fn a_search_inside_a_visit_is_a_search<C: Container>() {
    let filled = filled::<C>(3);
    filled.it.visit(&mut |_, _| {
        let this = Ptr::clone(&filled.it);
        let _until = once(Call::KeyEq, move |_| this.visit(&mut |_, _| ()));
        assert_panics(REENTRY, || filled.it.get(&item(1)));
    });
    filled.assert_untouched();
}

/// Each is owned by the search alone from its comparison on. Its destructor may use the container.
fn what_a_search_has_compared_is_dropped_when_it_has_ended<C: Container>() {
    for search in searches::<C>() {
        for dying in DYING {
            let leaks = Leaks::watch();
            let (it, seen) = (Ptr::new(C::default()), Rc::new(RefCell::new(Vec::new())));
            let (this, notes) = (Ptr::downgrade(&it), Rc::clone(&seen));
            let acts = on_act(move || {
                let result = caught(|| drop(this.upgrade().unwrap().pairs()));
                notes.borrow_mut().push(result);
            });
            let (doomed, watch) = dying(Box::new(act));
            let half = insert_weakly(&*it, &doomed, true);
            let Filled { pairs, .. } = filled::<C>(3);
            it.update(pairs.clone());
            let owners = RefCell::new((Some(doomed), pairs));
            let until = on(Call::KeyEq, move |name| {
                let gone = {
                    let mut owners = owners.borrow_mut();
                    let (doomed, pairs) = &mut *owners;
                    let at = pairs.iter().position(|pair| pair.0.name() == name);
                    let doomed = if name == DOOMED { doomed.take() } else { None };
                    (doomed, at.map(|at| pairs.swap_remove(at)))
                };
                drop(gone);
            });
            let probe = C::pair(50);
            (search.run)(&it, &probe);
            drop((until, acts));
            assert_eq!(seen.take(), [Ok(())], "{}", search.name);
            assert_whole(&*it, [&probe]);
            drop((probe, half, watch));
            assert_is(&*it, []);
            drop(it);
            leaks.assert_none();
        }
    }
}

fn a_panic_of_what_is_dropped_at_the_end_of_a_search_goes_to_the_hook<C: Container>() {
    let panics = Unraisables::listen();
    for search in searches::<C>() {
        let it = C::default();
        let doomed = item_with_on_drop(DOOMED, Box::new(|| panic!("{OOPS}")));
        let half = insert_weakly(&it, &doomed, true);
        let until = once(Call::KeyEq, move |_| drop(doomed));
        let probe = C::pair(1);
        assert_eq!(caught(|| (search.run)(&it, &probe)), Ok(()), "{}", search.name);
        drop((until, half));
        assert_eq!(panics.messages(), [OOPS], "{}", search.name);
        assert_whole(&it, [&probe]);
    }
}

/// Containers are asked for what a key can be borrowed as: what is searched for is compared, as in std.
#[test]
fn b266_b290_borrowed_keys_compare_by_their_own_eq() {
    use std::{borrow::Borrow, hash::Hash, hash::Hasher};
    use weakref_core::{Slotted, WeakKeyMap, WeakSet, WeakSlot, WeakValueMap, WeakWeakMap};

    #[derive(weakref_core::Weakrefable)]
    struct Loud(WeakSlot<Here>);
    impl Borrow<Quiet> for Loud {
        fn borrow(&self) -> &Quiet {
            &Quiet
        }
    }
    impl PartialEq for Loud {
        fn eq(&self, _: &Self) -> bool {
            unreachable!("the key is searched for by another type")
        }
    }
    impl Eq for Loud {}
    impl Hash for Loud {
        fn hash<H: Hasher>(&self, state: &mut H) {
            Quiet.hash(state);
        }
    }
    #[derive(PartialEq, Eq, Hash)]
    struct Quiet;

    let value: Ptr<Slotted<(), Here>> = Ptr::default();
    let map = WeakValueMap::from([(Loud(WeakSlot::new()), value.clone())]);
    assert!(map.get(&Quiet).is_some() && map.contains_key(&Quiet));
    assert_eq!(map.remove(&Quiet), Some(value.clone()));
    let key = Ptr::new(Loud(WeakSlot::new()));
    let map = WeakKeyMap::from([(key.clone(), 1)]);
    assert_eq!((map.get(&Quiet), map.with(&Quiet, |value| *value)), (Some(1), Some(1)));
    assert!(map.get_key(&Quiet).is_some() && map.remove_entry(&Quiet).is_some());
    let map = WeakWeakMap::from([(key.clone(), value.clone())]);
    assert!(map.get_key_value(&Quiet).is_some() && map.remove(&Quiet).is_some());
    let set = WeakSet::from([key.clone()]);
    assert!(set.contains(&Quiet) && set.get(&Quiet).is_some() && set.take(&Quiet).is_some());

    let text = Ptr::new(Slotted::<String, Here>::new("text".into()));
    let map = WeakKeyMap::from([(text.clone(), 1)]);
    assert_eq!((map.get("text"), map.get("other"), map.get(&*text)), (Some(1), None, Some(1)));
    let set = WeakSet::from([text.clone()]);
    assert!(set.contains("text") && set.contains(&"text".to_owned()) && !set.contains("other"));
    let map = WeakWeakMap::from([(text.clone(), value.clone())]);
    assert!(map.contains_key("text") && map.get_both("text").is_some());
    let path = Ptr::new(Slotted::<_, Here>::new(std::path::Path::new("a/b").to_path_buf()));
    let map = WeakKeyMap::from([(path.clone(), 1)]);
    assert_eq!(map.remove_entry(std::path::Path::new("a/b")), Some((path, 1)));
    let list = Ptr::new(Slotted::<_, Here>::new(vec![1, 2]));
    let map = WeakKeyMap::from([(list.clone(), 1)]);
    assert_eq!(map.get([1, 2].as_slice()), Some(1));
    let map = WeakValueMap::from([("text".to_owned(), list.clone())]);
    assert!(map.get("text").is_some() && map.get(&"text".to_owned()).is_some());
}
