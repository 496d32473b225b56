//! Panics in the user's code: the container stays whole each time, and nothing leaks.

use std::{
    cell::{Cell, RefCell},
    fmt,
    sync::Mutex,
};

use weakref_core::{
    PtrWeakSet, PtrWeakWeakMap, WeakKeyMap, WeakSlot, WeakValueMap, Weakrefable, weakref_count,
};
use weakref_tests::{
    Call, Leaks, OOPS, Unraisables, assert_panics, caught, on, once, oops, panic_of,
};

use super::{
    Action, Here, Ptr,
    harness::{
        Container, DOOMED, Filled, Item, Owner, PairMap, SameHash, act, assert_is,
        assert_unregistered, assert_whole, filled, insert_weakly, item, item_with_field,
        item_with_on_drop, on_act, searches, weak_places,
    },
};

for_kinds! {
    of_one_hash:
    b277_b378_a_panicking_hash_changes_nothing
    b277_b378_a_panicking_eq_changes_nothing
    a_panicking_eq_after_owners_have_died
    a_panicking_drop_in_the_middle_of_a_search
}
for_kinds! {
    all:
    a_panicking_drop_of_an_object
    a_panicking_drop_of_a_field_goes_to_whoever_dropped_the_object
    a_panicking_visitor_changes_nothing
    a_panicking_predicate_keeps_what_it_has_not_refused
    into_iter_loses_no_owner_if_what_a_listener_owns_panics
}

fn b277_b378_a_panicking_hash_changes_nothing<C: Container>() {
    for search in searches::<C>() {
        let filled = filled::<C>(5);
        for about in [2, 50] {
            let probe = C::pair(about);
            let until = on(Call::KeyHash, oops);
            assert_eq!(panic_of(|| (search.run)(&filled.it, &probe)), OOPS, "{}", search.name);
            drop(until);
            assert_unregistered::<C>([&probe]);
            filled.assert_untouched();
        }
        filled.assert_ends_empty();
    }
}

fn b277_b378_a_panicking_eq_changes_nothing<C: Container>() {
    let leaks = Leaks::watch();
    for search in searches::<C>() {
        let name = search.name;
        // At the first comparison, and at later ones.
        for skip in 0..6 {
            for about in [2, 50] {
                let (filled, probe) = (filled::<C>(5), C::pair(about));
                let left = Cell::new(skip);
                let until = on(Call::KeyEq, move |_| match left.get() {
                    0 => panic!("{OOPS}"),
                    more => left.set(more - 1),
                });
                let result = caught(|| (search.run)(&filled.it, &probe));
                drop(until);
                match result {
                    Err(message) => {
                        assert_eq!(message, OOPS, "{name}");
                        // An entry searches more than once, and `remove` of a set as the tests see it.
                        if !["entry_insert", "or_insert", "modify_or_insert"].contains(&name) {
                            filled.assert_untouched();
                            assert_unregistered::<C>([&probe]);
                        }
                    }
                    // It was found before.
                    Ok(()) => assert!(skip > 0, "{name}"),
                }
                assert_whole(&*filled.it, filled.pairs.iter().chain([&probe]));
                drop(probe);
                filled.assert_ends_empty();
            }
        }
    }
    leaks.assert_none();
}

fn a_panicking_eq_after_owners_have_died<C: Container>() {
    let leaks = Leaks::watch();
    for search in searches::<C>() {
        let mut filled = filled::<C>(6);
        let dying = filled.pairs.split_off(2);
        let until = once(Call::KeyEq, move |_| {
            drop(dying);
            panic!("{OOPS}");
        });
        let probe = C::pair(3);
        assert_eq!(panic_of(|| (search.run)(&filled.it, &probe)), OOPS, "{}", search.name);
        drop(until);
        filled.assert_untouched();
    }
    leaks.assert_none();
}

/// Objects whose death panics, in `on_drop` or in a field.
fn bombs() -> [Owner; 2] {
    let oops = || -> Action { Box::new(|| panic!("{OOPS}")) };
    [item_with_on_drop(DOOMED, oops()), item_with_field(DOOMED, oops())]
}

/// It is in another container, so that this search does not compare it, and keep it.
fn a_panicking_drop_in_the_middle_of_a_search<C: Container>() {
    for bomb in bombs() {
        let (filled, other) = (filled::<C>(5), C::default());
        let half = insert_weakly(&other, &bomb, weak_places::<C>()[0]);
        let until = once(Call::KeyEq, move |_| drop(bomb));
        assert_eq!(panic_of(|| filled.it.contains(&item(3))), OOPS);
        drop((until, half));
        filled.assert_untouched();
        assert!(other.is_empty());
    }
}

fn a_panicking_drop_of_an_object<C: Container>() {
    type Act<C> = fn(&C, Owner);
    let acts: [(&str, Act<C>); 8] = [
        ("outside", |_, bomb| drop(bomb)),
        ("shown", |it, bomb| {
            let mut bomb = Some(bomb);
            it.visit(&mut |_, _| drop(bomb.take()));
        }),
        ("refused", |it, bomb| {
            let bomb = RefCell::new(Some(bomb));
            it.retain(Box::new(|key, _| {
                bomb.take();
                key.name() != DOOMED
            }));
        }),
        ("kept", |it, bomb| {
            let bomb = RefCell::new(Some(bomb));
            it.retain(Box::new(|_, _| {
                bomb.take();
                true
            }));
        }),
        ("found", |it, bomb| {
            let found = it.get_pair(&item(DOOMED));
            drop(bomb);
            drop(found);
        }),
        ("snapshot", |it, bomb| {
            let all = it.pairs();
            drop(bomb);
            drop(all);
        }),
        ("removed", |it, bomb| {
            let removed = it.remove_pair(&item(DOOMED));
            drop(bomb);
            drop(removed);
        }),
        ("replaced", |it, bomb| {
            let (key, value) = C::pair(DOOMED);
            let replaced = it.replace(&key, &value);
            drop(bomb);
            drop(replaced);
        }),
    ];
    for (name, act) in acts {
        for as_key in weak_places::<C>() {
            for bomb in bombs() {
                let filled = filled::<C>(5);
                let half = insert_weakly(&*filled.it, &bomb, as_key);
                assert_eq!(panic_of(|| act(&filled.it, bomb)), OOPS, "{name}");
                drop(half);
                filled.assert_untouched();
                filled.assert_ends_empty();
            }
        }
    }
}

fn a_panicking_drop_of_a_field_goes_to_whoever_dropped_the_object<C: Container>() {
    let leaks = Leaks::watch();
    let mut filled = filled::<C>(4);
    let until = on(Call::KeyDrop, |name| assert!(name % 100 != 1, "{OOPS}"));
    let mut halves = super::harness::weak_halves::<C>(filled.pairs.remove(1));
    let last = halves.pop().unwrap();
    assert_eq!(panic_of(|| drop(last)), OOPS);
    assert_eq!(caught(|| drop(halves)).is_err(), super::harness::is_weak_twice::<C>());
    drop(until);
    filled.assert_untouched();
    filled.assert_ends_empty();
    leaks.assert_none();
}

fn a_panicking_visitor_changes_nothing<C: Container>() {
    let filled = filled::<C>(5);
    let mut seen = 0;
    let message = panic_of(|| {
        filled.it.visit(&mut |_, _| {
            seen += 1;
            assert!(seen < 3, "{OOPS}");
        });
    });
    assert_eq!((message.as_str(), seen), (OOPS, 3));
    filled.assert_untouched();
    assert_panics(OOPS, || filled.it.retain(Box::new(|_, _| panic!("{OOPS}"))));
    assert_panics(OOPS, || filled.it.extract(Box::new(|_, _| panic!("{OOPS}"))).count());
    filled.it.visit(&mut |key, _| {
        let outer = key.name();
        assert_panics(OOPS, || {
            filled.it.visit(&mut |key, _| assert!(key.name() != outer, "{OOPS}"));
        });
    });
    filled.assert_untouched();
    filled.assert_ends_empty();
}

fn a_panicking_predicate_keeps_what_it_has_not_refused<C: Container>() {
    let Filled { it, pairs } = filled::<C>(5);
    let mut asked = Vec::new();
    let message = panic_of(|| {
        it.retain(Box::new(|key, _| {
            asked.push(key.name());
            assert!(asked.len() < 3, "{OOPS}");
            false
        }));
    });
    assert_eq!(message, OOPS);
    assert_is(&*it, pairs.iter().filter(|pair| !asked[..2].contains(&pair.0.name())));
    Filled { it, pairs }.assert_ends_empty();
}

/// Panics as it is dropped.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "a guard");
    }
}

fn into_iter_loses_no_owner_if_what_a_listener_owns_panics<C: Container>() {
    let pair = C::pair(1);
    let it = C::collect_from(vec![pair.clone()]);
    let guard = Guard;
    it.on_removal(move |_, _| {
        let _guard = &guard;
    });
    assert_panics("a guard", || it.into_pairs());
    assert_unregistered::<C>([&pair]);
}

#[test]
fn what_a_listener_owns_may_panic_at_a_death_that_it_outlives_by_a_moment() {
    type Map = WeakKeyMap<Item, u8>;
    type Place = Ptr<Mutex<Option<Map>>>;
    let place: Place = Ptr::new(Mutex::new(Some(Map::new())));
    let key = item(1);
    {
        let map = place.lock().unwrap();
        let map = map.as_ref().unwrap();
        let (own, guard) = (Ptr::downgrade(&place), Guard);
        map.on_removal(move |_, _| {
            let _guard = &guard;
            // The container is dropped while it calls the listener.
            let map = own.upgrade().and_then(|place| place.lock().unwrap().take());
            drop(map);
        });
        map.insert(&key, 1);
    }
    // Does not panic, nor abort.
    drop(key);
    assert!(place.lock().unwrap().is_none());
}

#[test]
fn a_panicking_eq_or_debug_of_a_value() {
    #[derive(Weakrefable)]
    struct Bad(WeakSlot<Here>);
    impl PartialEq for Bad {
        fn eq(&self, _: &Self) -> bool {
            panic!("{OOPS}")
        }
    }
    impl fmt::Debug for Bad {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("{OOPS}")
        }
    }
    let bad = Ptr::new(Bad(WeakSlot::new()));
    let map = WeakValueMap::from([(1, bad.clone())]);
    let other = map.clone();
    assert_eq!(panic_of(|| map == other), OOPS);
    assert_eq!(panic_of(|| format!("{map:?}")), OOPS);
    let (set, pairs) =
        (PtrWeakSet::from([bad.clone()]), PtrWeakWeakMap::from([(bad.clone(), bad.clone())]));
    assert_eq!(panic_of(|| format!("{set:?}")), OOPS);
    assert_eq!(panic_of(|| format!("{pairs:?}")), OOPS);
    assert_eq!((map.len(), set.len(), pairs.len(), weakref_count(&bad)), (1, 1, 1, 5));
    assert!(Ptr::ptr_eq(&map.remove(&1).unwrap(), &bad));
    drop(bad);
    assert!(map.is_empty() && other.is_empty() && set.is_empty() && pairs.is_empty());
}

/// The value's death takes the entry out, and a listener drops the key's other owner: so the map is the
/// last one, and the panic has nowhere to go but the hook. Where it goes on, it aborts the program:
/// hence a child.
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_panic_of_a_keys_drop_at_a_death_goes_to_the_hook() {
    const CHILD: &str = "CONTAINERS_CHILD";
    if std::env::var_os(CHILD).is_none() {
        let (_, module) = module_path!().split_once("::").unwrap();
        let name = format!("{module}::a_panic_of_a_keys_drop_at_a_death_goes_to_the_hook");
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        let output = child.args(["--exact", &name]).env(CHILD, "yes").output().unwrap();
        assert!(output.status.success(), "{}", output.status);
        return;
    }
    let panics = Unraisables::listen();
    let map = Ptr::new(PairMap::<SameHash>::default());
    let (key, value) = (item_with_on_drop(1, Box::new(|| panic!("{OOPS}"))), item(2));
    map.insert(&key, &value);
    let shelf = RefCell::new(Some(key));
    let until = on_act(move || drop(shelf.take()));
    map.on_removal(|_, _| act());
    drop(value);
    drop(until);
    assert_eq!(panics.messages(), [OOPS]);
    assert!(map.is_empty());
}
