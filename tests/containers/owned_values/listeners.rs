//! Listeners that change or replace a value that is being looked up: they hear of deaths when the search
//! ends.

use std::cell::RefCell;

use weakref_core::RemovalCause;
use weakref_tests::Until;

use super::*;

/// A map with the value 0 for either of two keys.
fn of_two() -> (Ptr<Numbers>, [Owner; 2]) {
    let keys = [1, 2].map(item);
    let map = keys.iter().map(|key| (key.clone(), 0)).collect();
    (Ptr::new(map), keys)
}

/// Lets a key go in the next comparison.
fn goes_in_eq(doomed: Owner) -> Until {
    once(Call::KeyEq, move |_| drop(doomed))
}

type Look = fn(&Numbers, &Owner) -> Option<u32>;

/// Every way to look a value up, by its name.
const LOOKS: [(&str, Look); 8] = [
    ("get", |map, key| map.get(&**key)),
    ("with", |map, key| map.with(&**key, |count| *count)),
    ("get_key_value", |map, key| Some(map.get_key_value(&**key)?.1)),
    ("get_both", |map, key| Some(map.get_both(&**key)?.1)),
    ("get_or_insert_with", |map, key| Some(map.get_or_insert_with(key, || 7))),
    ("get_or_try_insert_with", |map, key| map.get_or_try_insert_with(key, || Err(())).ok()),
    ("or_insert", |map, key| map.entry(key).or_insert(7).get()),
    ("with_mut", |map, key| map.with_mut(&**key, |count| *count)),
];

#[test]
fn a_listener_replaces_the_value_that_is_looked_up() {
    without_deadlock(|| {
        // An entry is the one that it was.
        for (name, look) in LOOKS.into_iter().filter(|look| look.0 != "or_insert") {
            let (map, [key, doomed]) = of_two();
            let (weak, wanted) = (Ptr::downgrade(&map), key.clone());
            map.on_removal(move |_, cause| {
                if cause == RemovalCause::Died {
                    assert_eq!(weak.upgrade().unwrap().insert(&wanted, 5), Some(0));
                }
            });
            let until = goes_in_eq(doomed);
            let seen = look(&map, &key);
            drop(until);
            assert!(
                matches!(seen, Some(0 | 5)),
                "{name}: {seen:?}, of a key that was there all the time"
            );
            assert_eq!(map.get(&*key), Some(5), "{name}");
        }
    });
}

#[test]
fn a_listener_changes_the_value_that_is_looked_up() {
    without_deadlock(|| {
        for (name, look) in LOOKS {
            let (map, [key, doomed]) = of_two();
            let (weak, wanted) = (Ptr::downgrade(&map), key.clone());
            map.on_removal(move |_, _| {
                let changed = weak.upgrade().unwrap().with_mut(&*wanted, |count| *count += 1);
                assert_eq!(changed, Some(()));
            });
            let until = goes_in_eq(doomed);
            let seen = look(&map, &key);
            drop(until);
            assert!(matches!(seen, Some(0 | 1)), "{name}: {seen:?}");
            assert_eq!(map.get(&*key), Some(1), "{name}");
        }
    });
}

/// Shows a closure the value under a key.
type Visit = fn(&Values, &Item, &dyn Fn(&Value));

#[test]
fn a_key_that_dies_while_a_closure_has_its_value() {
    let visits: [Visit; 2] = [
        |map, key, f| map.with(key, f).unwrap(),
        |map, key, f| map.with_mut(key, |value| f(value)).unwrap(),
    ];
    for visit in visits {
        let leaks = Leaks::watch();
        let (map, [doomed, equal]) = (Values::default(), [1, 1].map(item));
        map.insert(&doomed, Value::new(10));
        if !map.contains_key(&*equal) {
            // By address, only an owner of the key can ask for it.
            return;
        }
        let owner = RefCell::new(Some(doomed));
        visit(&map, &equal, &|value| {
            owner.take();
            assert!(map.is_empty() && map.get(&*equal).is_none(), "the entry goes at once");
            assert_eq!(value.number, 10);
            assert!(map.insert(&equal, Value::new(20)).is_none());
            assert_eq!(leaks.alive(), 3, "the value when the closure has returned");
        });
        assert_eq!(leaks.alive(), 2);
        assert_eq!(map.with(&*equal, |value| value.number), Some(20));
    }
}
