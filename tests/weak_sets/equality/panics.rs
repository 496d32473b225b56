//! Panics in the user's code: the container stays whole each time, and nothing leaks.

use std::cell::Cell;

use weakref_tests::Unraisables;

use super::*;

for_both! {
    b378_a_panicking_hash_changes_nothing
    b378_a_panicking_eq_changes_nothing
    a_panicking_eq_after_owners_have_died
    a_panicking_drop_of_what_is_inside
    a_panicking_drop_in_the_middle_of_a_search
    a_panicking_drop_of_a_key_field_at_a_death
    a_panicking_visitor
    a_panicking_predicate
}

fn b378_a_panicking_hash_changes_nothing<T: Tested>() {
    for (name, search) in T::searches() {
        let stage = T::stage(5);
        for number in [2, 100] {
            let probe = item(number);
            let until = on(Call::KeyHash, oops);
            assert_eq!(panic_of(|| search(&stage.it, &probe)), OOPS, "{name}");
            drop(until);
            assert_eq!((weakref_count(&probe), Ptr::strong_count(&probe)), (0, 1), "{name}");
            stage.assert_untouched();
        }
        stage.assert_ends_empty();
    }
}

fn b378_a_panicking_eq_changes_nothing<T: Tested>() {
    for (name, search) in T::searches() {
        // At the first comparison, and at later ones.
        for skip in 0..6 {
            for number in [2, 100] {
                let (stage, probe) = (T::stage(5), item(number));
                let left = Cell::new(skip);
                let until = on(Call::KeyEq, move |_| match left.get() {
                    0 => panic!("{OOPS}"),
                    more => left.set(more - 1),
                });
                let result = caught(|| search(&stage.it, &probe));
                drop(until);
                match result {
                    Err(message) => {
                        assert_eq!(message, OOPS, "{name}");
                        // What an entry does it does in more than one step.
                        if !["insert_entry", "or_insert"].contains(&name) {
                            stage.assert_untouched();
                            assert_eq!(weakref_count(&probe), 0, "{name}");
                        }
                    }
                    // It was found before.
                    Ok(()) => assert!(skip > 0, "{name}"),
                }
                assert_eq!(Ptr::strong_count(&probe), 1, "{name}");
                assert_whole(&*stage.it, stage.owners().chain([&probe]));
                drop(probe);
                stage.assert_ends_empty();
            }
        }
    }
}

fn a_panicking_eq_after_owners_have_died<T: Tested>() {
    for (name, search) in T::searches() {
        let mut stage = T::stage(6);
        let dying = (stage.keys.split_off(2), stage.values.split_off(stage.values.len().min(2)));
        let until = once(Call::KeyEq, move |_| {
            drop(dying);
            panic!("{OOPS}");
        });
        assert_eq!(panic_of(|| search(&stage.it, &item(3))), OOPS, "{name}");
        drop(until);
        stage.assert_untouched();
    }
}

/// Items whose death panics, in `on_drop` or in a field.
fn bombs() -> [Ptr<Item>; 2] {
    let oops = || -> Action { Box::new(|| panic!("{OOPS}")) };
    [acting(9, oops()), acting_late(9, oops())]
}

fn a_panicking_drop_of_what_is_inside<T: Tested>() {
    type Act<T> = fn(&T, Ptr<Item>);
    let acts: [(&str, Act<T>); 5] = [
        ("outside", |_, bomb| drop(bomb)),
        ("shown", |it, bomb| {
            let mut bomb = Some(bomb);
            it.visit(&mut |_| drop(bomb.take()));
        }),
        ("refused", |it, bomb| {
            let mut bomb = Some(bomb);
            it.sift(&mut |number| {
                bomb.take();
                number != 9
            });
        }),
        ("kept", |it, bomb| {
            let mut bomb = Some(bomb);
            it.sift(&mut |_| {
                bomb.take();
                true
            });
        }),
        ("snapshot", |it, bomb| {
            let all = it.contents();
            drop(bomb);
            drop(all);
        }),
    ];
    for (name, act) in acts {
        for bomb in bombs() {
            let stage = T::stage(5);
            insert(&*stage.it, &bomb);
            assert_eq!(panic_of(|| act(&stage.it, bomb)), OOPS, "{name}");
            stage.assert_untouched();
            stage.assert_ends_empty();
        }
    }
}

fn a_panicking_drop_in_the_middle_of_a_search<T: Tested>() {
    for bomb in bombs() {
        let (stage, other) = (T::stage(5), T::stage(0));
        insert(&*other.it, &bomb);
        let until = once(Call::KeyEq, move |_| drop(bomb));
        assert_eq!(panic_of(|| stage.it.check()), OOPS);
        drop(until);
        assert_whole(&*stage.it, stage.owners());
        stage.assert_untouched();
        assert!(other.it.contents().is_empty());
    }
}

fn a_panicking_drop_of_a_key_field_at_a_death<T: Tested>() {
    let mut stage = T::stage(5);
    let doomed = stage.keys.remove(1);
    if stage.values.len() > 1 {
        stage.values.remove(1);
    }
    let until = on(Call::KeyDrop, |number| assert!(number != 1, "{OOPS}"));
    assert_eq!(panic_of(|| drop(doomed)), OOPS, "a field's panic is the dropper's");
    drop(until);
    stage.assert_untouched();
}

fn a_panicking_visitor<T: Tested>() {
    let stage = T::stage(5);
    let mut seen = 0;
    let message = panic_of(|| {
        stage.it.visit(&mut |_| {
            seen += 1;
            assert!(seen < 3, "{OOPS}");
        });
    });
    assert_eq!((message.as_str(), seen), (OOPS, 3));
    stage.assert_untouched();
    stage.it.visit(&mut |number| {
        let message = panic_of(|| {
            stage.it.sift(&mut |other| {
                assert!(other != number, "{OOPS}");
                true
            });
        });
        assert_eq!(message, OOPS);
    });
    stage.assert_untouched();
    stage.assert_ends_empty();
}

fn a_panicking_predicate<T: Tested>() {
    let stage = T::stage(5);
    let mut asked = 0;
    let message = panic_of(|| {
        stage.it.sift(&mut |_| {
            asked += 1;
            assert!(asked < 3, "{OOPS}");
            false
        });
    });
    assert_eq!(message, OOPS);
    let each = stage.it.contents().len();
    assert!([3, 6].contains(&each), "what has been refused before is gone: {each}");
    assert_whole(&*stage.it, stage.owners());
    stage.assert_ends_empty();
}

#[test]
fn a_panicking_factory_drops_what_it_has() {
    let (set, tally) = (OneShard::default(), Tally::default());
    for _ in 0..3 {
        let token = tally.token();
        let message = panic_of(|| {
            set.get_or_insert_with(&1, move |_| {
                let _token = token;
                panic!("{OOPS}")
            })
        });
        assert_eq!((message.as_str(), tally.count(), set.len()), (OOPS, 0, 0));
    }
    let made = set.get_or_insert_with(&1, |_| counted(1, &tally));
    assert_eq!((tally.count(), set.len()), (1, 1));
    drop(made);
    assert_eq!((tally.count(), set.len()), (0, 0));
}

#[test]
fn a_factory_whose_element_panics_when_it_is_compared() {
    let (set, tally) = (OneShard::default(), Tally::default());
    let until = once(Call::KeyEq, oops);
    let key = Key(1);
    let message = panic_of(|| set.get_or_insert_with(&key, |_| counted(1, &tally)));
    drop(until);
    assert_eq!((message.as_str(), tally.count()), (OOPS, 0));
    assert_is(&set, []);
    let made = set.get_or_insert_with(&key, |_| item(1));
    assert_is(&set, [&made]);
}

#[test]
fn a_panicking_iterator_in_update() {
    let [one, two] = [item(1), item(2)];
    let set = OneShard::default();
    let items = [Some(one.clone()), None, Some(two.clone())];
    let message = panic_of(|| {
        set.update(items.into_iter().map(|item| item.unwrap_or_else(|| panic!("{OOPS}"))));
    });
    assert_eq!(message, OOPS);
    assert_is(&set, [&one]);
    drop((one, two));
    assert_is(&set, []);
}

#[test]
fn a_panicking_eq_in_the_algebra_leaves_both_whole() {
    type Act = fn(&OneShard, &OneShard);
    let acts: [Act; 8] = [
        |left, right| drop_value(left.union(right)),
        |left, right| drop_value(left & right),
        |left, right| drop_value(left.is_subset(right)),
        |left, right| drop_value(left == right),
        |mut left, right| left |= right,
        |mut left, right| left &= right,
        |mut left, right| left -= right,
        |mut left, right| left ^= right,
    ];
    for act in acts {
        for skip in 0..8 {
            let (left, right) = (OneShard::stage(4), OneShard::stage(5));
            right.it.remove(&0);
            let more = Cell::new(skip);
            let until = on(Call::KeyEq, move |_| match more.get() {
                0 => panic!("{OOPS}"),
                left => more.set(left - 1),
            });
            let result = caught(|| act(&left.it, &right.it));
            drop(until);
            assert!(skip > 0 || result == Err(OOPS.to_owned()), "{result:?}");
            left.it.check();
            right.it.check();
            let both: Vec<_> = left.it.iter().chain(right.it.iter()).collect();
            for owner in left.keys.iter().chain(&right.keys) {
                let count = both.iter().filter(|item| Ptr::ptr_eq(item, owner)).count();
                assert_eq!(weakref_count(owner), count, "registrations of {owner:?}");
            }
            drop(both);
            drop((left.keys, right.keys));
            assert_is(&*left.it, []);
            assert_is(&*right.it, []);
        }
    }
}

#[test]
fn a_panicking_debug_leaves_the_set_usable() {
    #[derive(Weakrefable)]
    struct Bad(WeakSlot<Here>);
    impl std::fmt::Debug for Bad {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("{OOPS}")
        }
    }
    let bad = Ptr::new(Bad(WeakSlot::new()));
    let set = PtrWeakSet::from([bad.clone()]);
    let map = PtrWeakWeakMap::from([(bad.clone(), bad.clone())]);
    assert_eq!(panic_of(|| format!("{set:?}")), OOPS);
    assert_eq!(panic_of(|| format!("{map:?}")), OOPS);
    assert_eq!((set.len(), map.len(), weakref_count(&bad)), (1, 1, 3));
    drop(bad);
    assert!(set.is_empty() && map.is_empty());
}

#[test]
fn a_panic_of_a_keys_drop_at_a_death_goes_to_the_hook() {
    // The value's death takes the entry out, and a listener drops the key's other owner: so the map is
    // the last one, and the panic has nowhere to go but the hook. Where it goes on, it aborts the
    // program: hence a child.
    const CHILD: &str = "WEAK_SETS_CHILD";
    if std::env::var_os(CHILD).is_none() {
        let (_, module) = module_path!().split_once("::").unwrap();
        let name = format!("{module}::a_panic_of_a_keys_drop_at_a_death_goes_to_the_hook");
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        let output = child.args(["--exact", &name]).env(CHILD, "yes").output().unwrap();
        assert!(output.status.success(), "{}", output.status);
        return;
    }
    let panics = Unraisables::listen();
    let map = Ptr::new(Map::<AllAlike>::default());
    let (key, value) = (acting(1, Box::new(|| panic!("{OOPS}"))), item(2));
    map.insert(&key, &value);
    let shelf = RefCell::new(Some(key));
    let until = on_act(move || drop(shelf.take()));
    map.on_removal(|_, _| act());
    drop(value);
    drop(until);
    let heard = panics.take();
    assert!(heard.len() == 1 && heard[0].starts_with(OOPS), "{heard:?}");
    assert!(map.is_empty());
}
