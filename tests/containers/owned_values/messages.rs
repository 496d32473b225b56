//! What a method says of a value that a closure of this thread has, and at which line: that of its call.

use weakref_core::map::Entry;
use weakref_tests::panic_at;

use super::*;

/// Calls a method in a closure of `with` or `with_mut` that has the value of the key, and asserts that it
/// is named, with the cause, at its own line.
macro_rules! refused {
    ($has:ident, $method:literal, |$map:ident, $key:ident| $call:expr) => {{
        let (map, keys) = filled::<u32>(2);
        let act = || {
            let ($map, $key) = (&*map, &keys[1]);
            panic_at(|| ignore($call))
        };
        let (message, file, line) = map.$has(&*keys[1], |_| act()).unwrap();
        let does = if stringify!($has) == "with" { "looking" } else { "changing" };
        let (start, cause) = (format!("`{}` needs", $method), format!("thread is {does}"));
        assert!(message.starts_with(&start) && message.contains(&cause), "{message}");
        assert!(message.contains("has returned"), "{message}: no way out");
        assert_eq!((file.as_str(), line), (file!(), line!()), "{message}");
    }};
}

fn occupied<'a>(map: &'a Numbers, key: &Owner) -> weakref_core::map::OccupiedEntry<'a, Numbers> {
    match map.entry(key) {
        Entry::Occupied(entry) => entry,
        Entry::Vacant(_) => unreachable!("it is there"),
    }
}

#[test]
#[allow(clippy::eq_op)]
fn who_wants_to_look_at_a_value_that_is_being_changed() {
    refused!(with_mut, "get", |map, key| map.get(&**key));
    refused!(with_mut, "with", |map, key| map.with(&**key, |_| ()));
    refused!(with_mut, "get_key_value", |map, key| map.get_key_value(&**key));
    refused!(with_mut, "get_both", |map, key| map.get_both(&**key));
    refused!(with_mut, "get_or_insert_with", |map, key| map.get_or_insert_with(key, || 1));
    refused!(with_mut, "values", |map, _key| map.values());
    refused!(with_mut, "iter", |map, _key| map.iter());
    refused!(with_mut, "iter", |map, _key| map.into_iter());
    refused!(with_mut, "for_each", |map, _key| map.for_each(|_, _| ()));
    refused!(with_mut, "clone", |map, _key| map.clone());
    refused!(with_mut, "==", |map, _key| *map == *map);
    refused!(with_mut, "is_submap_with", |map, _key| map.is_submap(map));
    refused!(with_mut, "get", |map, key| occupied(map, key).get());
    refused!(with_mut, "with", |map, key| occupied(map, key).with(|_| ()));
}

#[test]
fn who_wants_to_have_a_value_that_is_being_changed() {
    refused!(with_mut, "with_mut", |map, key| map.with_mut(&**key, |_| ()));
    refused!(with_mut, "for_each_mut", |map, _key| map.for_each_mut(|_, _| ()));
    refused!(with_mut, "retain", |map, _key| map.retain(|_, _| true));
    refused!(with_mut, "with_mut", |map, key| occupied(map, key).with_mut(|_| ()));
    refused!(with_mut, "and_modify", |map, key| map.entry(key).and_modify(|_| ()));
}

#[test]
fn who_wants_to_have_a_value_that_is_being_looked_at() {
    refused!(with, "with_mut", |map, key| map.with_mut(&**key, |_| ()));
    refused!(with, "for_each_mut", |map, _key| map.for_each_mut(|_, _| ()));
    refused!(with, "retain", |map, _key| map.retain(|_, _| true));
    refused!(with, "with_mut", |map, key| occupied(map, key).with_mut(|_| ()));
    refused!(with, "and_modify", |map, key| map.entry(key).and_modify(|_| ()));
}

#[test]
fn who_replaces_or_removes_a_value_that_a_closure_has() {
    refused!(with, "insert", |map, key| map.insert(key, 1));
    refused!(with, "update", |map, key| map.update([(key.clone(), 1)]));
    refused!(with, "update", |map, key| map.update([(key, 1)]));
    refused!(with, "insert_strong", |map, key| map.insert_strong(key, 1));
    refused!(with, "insert", |map, key| occupied(map, key).insert(1));
    refused!(with, "replace_key", |map, key| map.replace_key(key, 1));
    refused!(with, "remove", |map, key| map.remove(&**key));
    refused!(with, "remove", |map, key| occupied(map, key).remove());
    refused!(with, "remove_entry", |map, key| occupied(map, key).remove_entry());
    refused!(with, "insert_entry", |map, key| map.entry(key).insert_entry(1));
    refused!(with, "remove_entry", |map, key| map.remove_entry(&**key));
    refused!(with, "drain", |map, _key| map.drain());
    refused!(with, "pop", |map, _key| (map.pop(), map.pop()));
    refused!(with_mut, "insert", |map, key| map.insert(key, 1));
    refused!(with_mut, "remove", |map, key| map.remove(&**key));
    refused!(with_mut, "drain", |map, _key| map.drain());
}

/// An iterator runs in whoever asks it for the next item, which it cannot name.
#[test]
fn who_extracts_a_value_that_a_closure_has() {
    let (map, keys) = filled::<u32>(2);
    map.with(&*keys[1], |_| {
        let message = panic_of(|| map.extract_if(|_, _| true).count());
        assert!(message.starts_with("`extract_if` needs"), "{message}");
    });
}

/// A factory that asks for its own key.
#[test]
fn who_waits_for_the_factory_that_it_is_called_by() {
    let (map, key) = (Numbers::default(), item(1));
    let again = || panic_at(|| map.get_or_insert_with(&key, || unreachable!()));
    let mut seen = None;
    let mut make = || {
        seen = Some(again());
        7
    };
    assert_eq!(map.get_or_insert_with(&key, &mut make), 7);
    let (message, file, line) = seen.unwrap();
    assert!(message.contains("get_or_insert_with") && message.contains(CIRCLE), "{message}");
    assert!(message.contains("must not ask for its own key"), "{message}");
    assert_eq!((file.as_str(), line), (file!(), line!() - 10));
}
