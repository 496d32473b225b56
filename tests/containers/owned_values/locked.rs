//! Closures that have a value, and what may be done with the map meanwhile.

use weakref_core::clear_weakrefs;

use super::{
    operations::{Effect, Operation, Wants, assert_whole, operations},
    *,
};

/// Who has the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Has {
    Look,
    Change,
}

impl Has {
    /// Runs `f` while a closure has the value under `key`.
    fn during<R>(self, map: &Values, key: &Owner, f: impl FnOnce() -> R) -> R {
        let result = match self {
            Self::Look => map.with(&**key, |_| f()),
            Self::Change => map.with_mut(&**key, |_| f()),
        };
        result.unwrap()
    }

    /// Whether an operation about the key, or about another, has to be refused. `None` if it depends
    /// on the order of the entries.
    fn refuses(self, operation: &Operation, same: bool) -> Option<bool> {
        match operation.wants {
            Wants::Nothing => Some(false),
            Wants::Look => Some(same && self == Self::Change),
            Wants::LookAll => Some(self == Self::Change),
            Wants::Own => Some(same),
            Wants::OwnAll => Some(true),
            Wants::OwnAny => None,
        }
    }
}

/// Runs every operation while a closure has a value, about the key of that value, another key, or a
/// new one.
fn any_while_a_closure(has: Has) {
    without_deadlock(move || {
        let leaks = Leaks::watch();
        for operation in operations() {
            for (number, same) in [(1, true), (2, false), (9, false)] {
                let (map, keys) = filled::<Value>(4);
                let key = keys.get(number).cloned().unwrap_or_else(|| item(9));
                let name = operation.name;
                let result = has.during(&map, &keys[1], || caught(|| (operation.run)(&map, &key)));
                match has.refuses(&operation, same) {
                    Some(false) => assert_eq!(result, Ok(()), "{name} of {number}"),
                    Some(true) => {
                        let message = result.expect_err(name);
                        assert!(message.contains(BUSY), "{name}: {message}");
                    }
                    None => {}
                }
                // To remove and to replace is done all the same; what goes through all may not have
                // come to the end.
                if operation.wants == Wants::OwnAll {
                    assert_whole(&map);
                } else {
                    operation.assert_done(&map, &keys, &key);
                }
                drop(key);
                assert_ends_empty(&map, keys);
            }
        }
        leaks.assert_none();
    });
}

#[test]
fn while_a_closure_looks_at_a_value() {
    any_while_a_closure(Has::Look);
}

#[test]
fn while_a_closure_changes_a_value() {
    any_while_a_closure(Has::Change);
}

#[test]
fn with_in_with_of_the_same_key() {
    let (map, keys) = filled::<Value>(3);
    let deep = map.with(&*keys[1], |one| {
        map.with(&*keys[1], |two| {
            assert!(std::ptr::eq(one, two));
            map.entry(&keys[1]).or_insert(Value::new(9)).with(|three| std::ptr::eq(one, three))
        })
    });
    assert_eq!(deep.flatten().flatten(), Some(true));
    assert_eq!(map.with_mut(&*keys[1], |value| value.number), Some(10), "all have left");
}

#[test]
fn with_mut_of_several_keys_at_once() {
    let (map, keys) = filled::<u32>(3);
    map.with_mut(&*keys[1], |one| {
        map.with_mut(&*keys[2], |two| std::mem::swap(one, two));
        map.with(&*keys[0], |zero| *one += *zero + 1);
    });
    assert_is(&map, [(&keys[0], 0), (&keys[1], 21), (&keys[2], 10)]);
}

#[test]
fn who_was_refused_can_try_again_later() {
    without_deadlock(|| {
        let (map, keys) = filled::<Value>(2);
        map.with(&*keys[1], |_| {
            assert_panics(BUSY, || map.with_mut(&*keys[1], |_| unreachable!()));
            assert_eq!(map.with(&*keys[1], |value| value.number), Some(10));
        });
        map.with_mut(&*keys[1], |value| {
            assert_panics(BUSY, || map.with(&*keys[1], |_| unreachable!()));
            assert_panics(BUSY, || map.with_mut(&*keys[1], |_| unreachable!()));
            value.number += 1;
        });
        assert_eq!(map.with_mut(&*keys[1], |value| value.number), Some(11));
        assert_eq!(map.remove(&*keys[1]).unwrap().number, 11);
        assert_is(&map, pairs(&keys[..1]));
    });
}

#[test]
fn a_value_that_is_removed_while_it_is_looked_at_goes_at_the_end() {
    without_deadlock(|| {
        for has in [Has::Look, Has::Change] {
            let leaks = Leaks::watch();
            let (map, keys) = filled::<Value>(2);
            has.during(&map, &keys[1], || {
                assert_panics(BUSY, || map.remove(&*keys[1]));
                assert!(!map.contains_key(&*keys[1]), "removed all the same");
                assert_eq!(weakref_count(&keys[1]), 0);
                assert_eq!(leaks.alive(), 4, "the value is still there");
            });
            assert_eq!(leaks.alive(), 3, "the value has gone");
            assert_is(&map, pairs(&keys[..1]));
        }
    });
}

#[test]
fn a_value_that_is_replaced_while_it_is_looked_at_goes_at_the_end() {
    without_deadlock(|| {
        for has in [Has::Look, Has::Change] {
            let leaks = Leaks::watch();
            let (map, keys) = filled::<Value>(2);
            has.during(&map, &keys[1], || {
                assert_panics(BUSY, || map.insert(&keys[1], Value::new(5)));
                assert_eq!(map.with(&*keys[1], |value| value.number), Some(5), "it is there");
                assert_eq!(map.remove(&*keys[1]).unwrap().number, 5, "and nobody looks at it");
                map.insert(&keys[1], Value::new(6));
                assert_eq!(leaks.alive(), 5);
            });
            assert_eq!(leaks.alive(), 4);
            assert_is(&map, [(&keys[0], 0), (&keys[1], 6)]);
        }
    });
}

#[test]
fn the_value_that_is_looked_at_stays_what_it_is() {
    without_deadlock(|| {
        let (map, keys) = filled::<Value>(2);
        let number = map.with(&*keys[1], |value| {
            ignore(caught(|| map.insert(&keys[1], Value::new(5))));
            map.clear();
            ignore(caught(|| map.drain()));
            value.number
        });
        assert_eq!(number, Some(10));
        assert_is(&map, []);
    });
}

#[test]
fn the_text_form_shows_all_but_the_values_that_are_being_changed() {
    without_deadlock(|| {
        let (map, keys) = filled::<u32>(2);
        let shown = |locked: &[u32]| {
            let text = format!("{map:?}");
            for key in &keys {
                let pair = match key.name() {
                    number if locked.contains(&number) => format!("Item {number}: <locked>"),
                    number => format!("Item {number}: {}", number * 10),
                };
                assert!(text.contains(&pair), "{text} has no {pair}");
            }
        };
        map.with(&*keys[1], |_| shown(&[]));
        map.for_each(|_, _| shown(&[]));
        map.with_mut(&*keys[1], |_| shown(&[1]));
        map.with_mut(&*keys[0], |_| map.with_mut(&*keys[1], |_| shown(&[0, 1])));
        map.for_each_mut(|key, _| shown(&[key.name()]));
        map.retain(|key, _| {
            shown(&[key.name()]);
            true
        });
        map.entry(&keys[1]).and_modify(|_| shown(&[1])).or_insert(0).with_mut(|_| shown(&[1]));
        shown(&[]);
        drop(
            map.extract_if(|key, _| {
                shown(&[key.name()]);
                false
            })
            .next(),
        );
    });
}

#[test]
fn a_key_that_dies_while_its_value_is_looked_at() {
    for has in [Has::Look, Has::Change] {
        let leaks = Leaks::watch();
        let (map, keys) = filled::<Value>(3);
        let log = Log::default();
        let seen = log.clone();
        map.on_removal(move |_, cause| seen.put(cause));
        has.during(&map, &keys[1], || {
            clear_weakrefs(&keys[1]);
            assert_eq!(log.take(), [weakref_core::RemovalCause::Died]);
            assert_eq!(map.len(), 2, "the entry goes at once");
            assert!(!map.contains_key(&*keys[1]));
            assert!(map.get(&*keys[1]).is_none());
            assert!(map.insert(&keys[1], Value::new(7)).is_none());
            assert_eq!(leaks.alive(), 7, "the value when the closure has returned");
        });
        assert_eq!(leaks.alive(), 6);
        assert_is(&map, [(&keys[0], 0), (&keys[1], 7), (&keys[2], 20)]);
        assert_ends_empty(&map, keys);
        leaks.assert_none();
    }
}

#[test]
fn a_key_that_dies_while_its_entry_is_looked_at() {
    // The entry owns the key; the closure takes the entry's owner with it.
    let leaks = Leaks::watch();
    let (map, mut keys) = filled::<Value>(2);
    let entry = map.entry(&keys[1]).or_insert(Value::new(9));
    entry.with_mut(|value| {
        keys.pop();
        value.number += 1;
        assert_eq!(map.len(), 2, "the entry owns the key");
    });
    drop(entry);
    assert_eq!(leaks.alive(), 2);
    assert_is(&map, pairs(&keys));
}

#[test]
fn the_map_may_go_while_an_owner_of_it_is_in_a_closure() {
    let leaks = Leaks::watch();
    for has in [Has::Look, Has::Change] {
        let (map, keys) = filled::<Value>(2);
        let other = Ptr::clone(&map);
        has.during(&other, &keys[1], || {
            map.clear();
            drop(map);
            assert_eq!(leaks.alive(), 3, "the value that is looked at, and the keys");
        });
        drop((other, keys));
        leaks.assert_none();
    }
}

#[test]
fn a_panic_in_a_closure_lets_the_value_go() {
    without_deadlock(|| {
        let leaks = Leaks::watch();
        let (map, keys) = filled::<Value>(2);
        let key = &*keys[1];
        assert_panics(OOPS, || map.with(key, |_| panic!("{OOPS}")));
        assert_panics(OOPS, || {
            map.with_mut(key, |value| {
                value.number = 11;
                panic!("{OOPS}")
            })
        });
        assert_panics(OOPS, || map.with(key, |_| map.with(key, |_| panic!("{OOPS}"))));
        assert_panics(OOPS, || map.entry(&keys[1]).or_insert(Value::new(1)).with_mut(|_| oops(())));
        // Nobody has it any more; what was changed before the panic is changed.
        assert_eq!(map.with_mut(key, |value| value.number), Some(11));
        // A panic that is not caught inside ends both closures.
        assert_panics(BUSY, || map.with(key, |_| map.remove(key)));
        assert!(!map.contains_key(key));
        assert_is(&map, pairs(&keys[..1]));
        assert_ends_empty(&map, keys);
        leaks.assert_none();
    });
}

#[test]
fn a_drain_that_is_refused_loses_nothing_for_ever() {
    without_deadlock(|| {
        let leaks = Leaks::watch();
        let (map, keys) = filled::<Value>(10);
        map.with(&*keys[1], |_| assert_panics(BUSY, || map.drain()));
        // What it had come to has gone with the iterator that it did not return.
        assert!(!map.contains_key(&*keys[1]));
        assert_eq!(leaks.alive(), 10 + isize::try_from(map.len()).unwrap());
        assert_whole(&map);
        assert_eq!(map.len(), keys.iter().map(weakref_count).sum());
        drop(map.drain());
        assert_eq!(leaks.alive(), 10);
        assert_is(&map, []);
    });
}

#[test]
fn the_effect_of_an_operation_is_known() {
    // So that the tests above compare with something.
    let effects = operations().into_iter().map(|operation| operation.effect);
    assert!(effects.filter(|effect| *effect != Effect::Nothing).count() > 10);
}
