//! A key's `Eq` that does more than compare. It runs in the middle of a search.

use std::{
    cell::{Cell, RefCell},
    hash::{BuildHasher, RandomState},
    rc::Rc,
};

use weakref_core::{Slotted, WeakRef, WeakValueMap};

use super::*;

/// Runs each of the operations that search, on a map of its own.
fn for_each_search<S: BuildHasher + Clone + Default>(
    mut test: impl FnMut(&'static str, &dyn Fn(u32), &Ptr<Map<S>>, Vec<Ptr<Actor>>),
) {
    for (name, search) in searches::<S>() {
        let (map, actors) = cast::<S>(8);
        test(name, &|key| search(&map, key), &map, actors);
    }
}

#[test]
fn eq_may_drop_owners_of_the_same_map() {
    for_each_search::<AllAlike>(|name, search, map, actors| {
        let owners = Rc::new(RefCell::new(actors));
        let dying = Rc::clone(&owners);
        // Each comparison kills one, at last the one that is searched for.
        let until = on(Call::KeyEq, move |_| drop(dying.borrow_mut().pop()));
        search(3);
        search(100);
        drop(until);
        let owners = owners.take();
        let gone = matches!(name, "insert" | "remove" | "remove_entry");
        assert_is(map, pairs(&owners).filter(|pair| !(gone && pair.0 == 3)));
    });
}

#[test]
fn eq_may_drop_all_owners_at_once() {
    for_each_search::<AllAlike>(|_, search, map, actors| {
        let until = once(Call::KeyEq, move |_| drop(actors));
        search(3);
        drop(until);
        assert_is(map, []);
        assert!(map.capacity() < 500);
    });
}

#[test]
fn eq_may_kill_the_one_it_finds() {
    let map: Ptr<OneShard> = Ptr::new(Map::default());
    let value = actor(1);
    map.insert(Key(1), &value);
    let _until = once(Call::KeyEq, move |_| drop(value));
    assert!(map.get(&Key(1)).is_none());
    assert!(map.is_empty());
}

#[test]
fn values_that_die_in_the_middle_of_a_search_may_not_use_the_map() {
    // The value's death runs inside the search; its `on_drop` uses the map: refused, and told to
    // the searcher, as `on_drop` panics like any destructor.
    let map: Ptr<OneShard> = Ptr::new(Map::default());
    let inner = Ptr::clone(&map);
    let act: Action = Box::new(move || drop_value(inner.len()));
    let doomed = acting(1, act);
    let other = actor(2);
    map.insert(Key(1), &doomed);
    map.insert(Key(2), &other);
    let until = once(Call::KeyEq, move |_| drop(doomed));
    assert_panics(REENTRY, || map.get(&Key(2)));
    drop(until);
    assert_is(&map, [(2, &other)]);
}

#[test]
fn callbacks_that_run_in_the_middle_of_a_search_may_not_use_the_map() {
    let map: Ptr<OneShard> = Ptr::new(Map::default());
    let (doomed, other) = (actor(1), actor(2));
    map.insert(Key(1), &doomed);
    map.insert(Key(2), &other);
    let inner = Ptr::clone(&map);
    let (send, seen) = std::sync::mpsc::channel();
    let _weak = WeakRef::with_callback(&doomed, move |_| {
        send.send(caught(|| inner.len()).unwrap_err()).unwrap();
    });
    let until = once(Call::KeyEq, move |_| drop(doomed));
    assert!(map.contains_key(&Key(2)));
    drop(until);
    assert!(seen.recv().unwrap().contains(REENTRY));
    assert_is(&map, [(2, &other)]);
}

/// Every operation, called by `Eq` in the middle of every search: panics with the message, whether
/// or not `Eq` lets the panic through, and whichever key it is about.
fn eq_may_not_use_the_same_map<S: BuildHasher + Clone + Default + 'static>() {
    for (inner_name, operation) in operations::<S>() {
        // The key in question, another one that is there, and one that is not.
        for inner_key in [3, 4, 5, 6, 100] {
            for_each_search::<S>(|name, search, map, actors| {
                let what = || format!("{inner_name} of {inner_key} in the middle of {name}");
                let inner = Ptr::clone(map);
                let until = once(Call::KeyEq, move |_| operation(&inner, inner_key));
                let message = panic_of(|| search(3));
                drop(until);
                assert!(message.contains(REENTRY), "{}: {message}", what());
                assert_is(map, pairs(&actors));

                let inner = Ptr::clone(map);
                let refused = Rc::new(Cell::new(0));
                let count = Rc::clone(&refused);
                let until = on(Call::KeyEq, move |_| {
                    assert_panics(REENTRY, || operation(&inner, inner_key));
                    count.set(count.get() + 1);
                });
                search(3);
                drop(until);
                assert!(refused.get() > 0, "{}: compared nothing", what());
                assert_is(map, pairs(&actors).filter(|pair| !takes_out(name, 3, pair.0)));
                assert_ends_empty(map, actors);
            });
        }
    }
}

#[test]
fn eq_may_not_use_the_same_map_in_the_same_shard() {
    eq_may_not_use_the_same_map::<AllAlike>();
}

#[test]
fn eq_may_not_use_the_same_map_in_any_shard() {
    eq_may_not_use_the_same_map::<RandomState>();
}

#[test]
fn eq_may_use_another_map() {
    let other: Ptr<OneShard> = Ptr::new(Map::default());
    for (_, operation) in operations::<AllAlike>() {
        for_each_search::<AllAlike>(|_, search, _, _actors| {
            let inner = Ptr::clone(&other);
            let calls = Rc::new(Cell::new(0));
            let count = Rc::clone(&calls);
            let _until = once(Call::KeyEq, move |_| {
                operation(&inner, 3);
                count.set(1);
            });
            search(3);
            assert_eq!(calls.get(), 1);
        });
        assert_is(&other, []);
    }
}

#[test]
fn a_search_inside_a_visit_is_a_search() {
    let (map, actors) = cast::<AllAlike>(3);
    let inner = Ptr::clone(&map);
    map.for_each(|_, _| {
        let again = Ptr::clone(&inner);
        let _until = once(Call::KeyEq, move |_| again.for_each(|_, _| ()));
        assert_panics(REENTRY, || map.get(&Key(1)));
    });
    assert_is(&map, pairs(&actors));
}

#[test]
fn borrowed_keys_compare_by_their_own_eq() {
    // The searched form is the one whose `Eq` runs, as in std.
    struct Loud;
    impl std::borrow::Borrow<Quiet> for Loud {
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
    impl std::hash::Hash for Loud {
        fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
            Quiet.hash(state);
        }
    }
    #[derive(PartialEq, Eq, Hash)]
    struct Quiet;
    let value: Ptr<Slotted<(), Here>> = Ptr::default();
    let map = WeakValueMap::from([(Loud, value.clone())]);
    assert!(map.get(&Quiet).is_some() && map.contains_key(&Quiet));
    assert_eq!(map.remove(&Quiet), Some(value));
}
